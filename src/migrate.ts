/**
 * `npm run migrate`: brings the database to the current tables. It connects as their owner, and ends. With
 * `-- --new-installation` a copied database also gets an id of its own.
 */
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from './config/config.ts';
import { runProcess } from './process/process-life.ts';
import { renewInstallation } from './store/installation.ts';
import { migrate } from './store/migrate.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'new-installation': { type: 'boolean' } } });
  const { databaseUrl } = loadConfig(process.env);
  if (databaseUrl === undefined)
    throw new ConfigError([
      'DATABASE_URL is missing: set it to the postgres:// URL of the database',
    ]);
  await migrate(databaseUrl);
  console.log('The database is up to date.');
  if (values['new-installation'])
    console.log(`It is installation ${await renewInstallation(databaseUrl)} from now on.`);
}

await runProcess('migrate', main);
