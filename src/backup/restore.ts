/** `npm run restore -- [FOLDER]` of a release: into the database that `DATABASE_URL` names, while no API and no worker runs. */
import '../process/oldest-node.ts';

import { runProcess } from '../process/process-life.ts';
import { readRestoreRequest } from './command-line.ts';
import { restoreDatabase } from './own-database.ts';

await runProcess('restore', async () => {
  const request = readRestoreRequest({ args: process.argv.slice(2), path: process.env.PATH });
  await restoreDatabase(process.env, request, console.log);
});
