/**
 * The one PostgreSQL that all sides keep their data in, with fsync on, and in it a new database for
 * every side and round: nobody measures on what another has left.
 */
import pg from 'pg';
import { startPostgres } from '../src/dev/postgres/postgres.ts';
import { endWithBench } from './end-with-bench.ts';

export interface Databases {
  version: string;
  pid(): number;
  /** Gives the URL of a new, empty database. */
  create(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startDatabases(
  dataDir: string,
  onProgress: (line: string) => void,
): Promise<Databases> {
  const postgres = await startPostgres({ dataDir, onProgress });
  const letGo = endWithBench(() => [postgres.pid()]);
  const { rows } = await query(postgres.url, 'show server_version');
  return {
    version: String(rows[0]?.server_version),
    pid: () => postgres.pid() ?? 0,
    async create(name) {
      await query(postgres.url, `create database ${pg.escapeIdentifier(name)}`);
      // What the last side has left unwritten would otherwise be this one's burden.
      await query(postgres.url, 'checkpoint');
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop: async () => {
      letGo();
      await postgres.stop('immediate');
    },
  };
}

async function query(connectionString: string, sql: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(sql);
  } finally {
    await client.end();
  }
}
