/** `npm run backup -- FOLDER` of a release: the database that `DATABASE_URL` names, as the role that migrations have. */
import '../process/oldest-node.ts';

import { runProcess } from '../process/process-life.ts';
import { readBackupRequest } from './command-line.ts';
import { backUpDatabase } from './own-database.ts';

await runProcess('backup', async () => {
  const request = readBackupRequest({ args: process.argv.slice(2), path: process.env.PATH });
  await backUpDatabase(process.env, request, console.log);
});
