/** All sides, in the order in which they are measured and shown. */
import { payonce, payoncePostgres } from './payonce/side.ts';
import { dbos } from './peers/dbos/side.ts';
import { postgresOutbox } from './peers/postgres-outbox/side.ts';
import { restate } from './peers/restate/side.ts';
import type { Side } from './side.ts';
import { temporalFloor } from './temporal-floor.ts';
import { temporalNaive, temporalNaivePostgres } from './temporal-naive/side.ts';

export const SIDES: readonly Side[] = [
  payonce,
  payoncePostgres,
  temporalNaive,
  temporalNaivePostgres,
  temporalFloor,
  postgresOutbox,
  dbos,
  restate,
];
