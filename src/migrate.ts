/**
 * `npm run migrate`: brings the database to the current tables. It connects as their owner, and ends. With
 * `-- --new-installation` a copied database also gets an id of its own.
 */
import './process/oldest-node.ts';

import { parseArgs } from 'node:util';
import { readSettings } from './config/settings.ts';
import { runProcess } from './process/process-life.ts';
import { renewInstallation } from './store/installation.ts';
import { migrate } from './store/migrate.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'new-installation': { type: 'boolean' } } });
  const { DATABASE_URL: databaseUrl } = readSettings(process.env, 'migrate');
  await migrate(databaseUrl);
  console.log('The database is up to date.');
  if (values['new-installation'])
    console.log(`It is installation ${await renewInstallation(databaseUrl)} from now on.`);
}

await runProcess('migrate', main);
