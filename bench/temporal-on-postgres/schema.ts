/**
 * Temporal's own two databases: brought to the server's schema by the script that deployments run, and
 * rid of the members of an earlier server, which the next one would otherwise wait for.
 */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import type { Environment } from '../../src/config/config.ts';
import { lastLineOf, SetupError } from '../../src/dev/terminal/setup-error.ts';

/** The names that deploy/temporal/setup-schema.sh gives them. */
export const DATABASES = { store: 'temporal', visibility: 'temporal_visibility' };

const SETUP_SCHEMA = fileURLToPath(
  new URL('../../deploy/temporal/setup-schema.sh', import.meta.url),
);
/** Two empty databases take a second on an idle disk. */
const SCHEMA_TIMEOUT_MS = 120_000;

/** `postgresUrl` names a server whose user may create databases. */
export type SchemaPlace = { postgresUrl: string; sqlTool: string; env: Environment };

/** @throws SetupError with the tool's own reason. */
export async function setUpSchema({ postgresUrl, sqlTool, env }: SchemaPlace): Promise<void> {
  const { hostname, port, username, password } = new URL(postgresUrl);
  const made = await execa('sh', [SETUP_SCHEMA], {
    env: {
      ...env,
      SQL_TOOL: sqlTool,
      SQL_PLUGIN: 'postgres12_pgx',
      SQL_HOST: hostname,
      SQL_PORT: port || '5432',
      SQL_USER: decodeURIComponent(username),
      SQL_PASSWORD: decodeURIComponent(password),
    },
    timeout: SCHEMA_TIMEOUT_MS,
    reject: false,
  });
  if (!made.failed) return;
  throw new SetupError(
    `Temporal’s databases cannot be made on ${hostname}:${port}: ${lastLineOf(made.stderr || made.stdout)}. Its user must be allowed to create databases.`,
  );
}

/**
 * A server that was killed still counts as a member for some seconds, and the next one hands it work.
 * Only for a store that a single server uses.
 */
export async function forgetMembers(postgresUrl: string): Promise<void> {
  const url = new URL(postgresUrl);
  url.pathname = `/${DATABASES.store}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query('delete from cluster_membership').finally(() => client.end());
}
