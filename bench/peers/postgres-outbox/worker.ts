/** The worker process of the plain PostgreSQL peer: a few loops over one outbox. */
import pg from 'pg';
import { reportReady, setting } from '../peer-server.ts';
import { workOutbox } from './work-outbox.ts';

/** While one loop commits, the other performs. */
const LOOPS = 2;

/** One for each loop's claim, the rest for the effects of their batches. */
const CONNECTIONS = 20;

const pool = new pg.Pool({ connectionString: setting('DATABASE_URL'), max: CONNECTIONS });
for (let loop = 0; loop < LOOPS; loop++)
  workOutbox(pool).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
reportReady();
