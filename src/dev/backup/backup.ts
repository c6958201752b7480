/** `npm run backup -- FOLDER`: the database that `DATABASE_URL` names, else the stack of `DATA_DIR`. */
import '../../process/oldest-node.ts';

import { readBackupRequest } from '../../backup/command-line.ts';
import { backUpDatabase } from '../../backup/own-database.ts';
import { runProcess } from '../../process/process-life.ts';
import { backUpStack } from './back-up-stack.ts';
import { hasOwnDatabase } from './own-or-embedded.ts';

await runProcess('backup', async () => {
  const { env } = process;
  const request = readBackupRequest({ args: process.argv.slice(2), path: env.PATH });
  if (hasOwnDatabase(env)) await backUpDatabase(env, request, console.log);
  else await backUpStack(env, request.folder, console.log);
});
