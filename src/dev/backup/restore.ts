/** `npm run restore -- [FOLDER]`: into the database that `DATABASE_URL` names, else into the stack of `DATA_DIR`. */
import '../../process/oldest-node.ts';

import { readRestoreRequest } from '../../backup/command-line.ts';
import { restoreDatabase } from '../../backup/own-database.ts';
import { runProcess } from '../../process/process-life.ts';
import { hasOwnDatabase } from './own-or-embedded.ts';
import { restoreStack } from './restore-stack.ts';

await runProcess('restore', async () => {
  const { env } = process;
  const request = readRestoreRequest({ args: process.argv.slice(2), path: env.PATH });
  if (hasOwnDatabase(env)) await restoreDatabase(env, request, console.log);
  else await restoreStack(env, request, console.log);
});
