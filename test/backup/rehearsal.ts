/**
 * One stack that is backed up, goes on, loses what it is told to lose, and is put back by the programs that a person
 * would call. All of its parts are real; nobody touches an order after the restore. Its stores are those that `npm start`
 * brings, or a PostgreSQL and a Temporal of one's own.
 */
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import pRetry from 'p-retry';
import pg from 'pg';
import { copySqlite } from '../../src/dev/backup/copy-sqlite.ts';
import { type Stack, withStores } from '../../src/dev/stack/stack.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { type Crm, openCrm } from '../support/crm.ts';
import { judgeEveryOrder } from '../support/every-order.ts';
import { shopOn, untilSettled } from '../support/shop.ts';
import { EFFECTS_SECRET, INHERITED, startTestStack, WEBHOOK_SECRET } from '../support/stack.ts';
import { LIFE_NAMES, LIVES, type Life, type Orders, peopleOf } from './lives.ts';
import type { OwnPostgres } from './own-postgres.ts';

/** Somewhat longer than a lease lasts. */
const LEASE_TRIES = 6;
const LEASE_PAUSE_MS = 5_000;

const ROOT = path.join(import.meta.dirname, '../..');
const { databaseFile } = readTemporalDevFile();

export type Store = 'database' | 'temporal';

/** What a store's files are called in the data directory. */
const FILES: Readonly<Record<Store, readonly string[]>> = {
  database: ['postgres'],
  temporal: [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`],
};

export interface Situation {
  lost: readonly Store[];
  /** What of the backup is put back; absent where none is needed. */
  putBack?: readonly Store[];
  /** The signals since the backup are in neither store. */
  lostSignals: boolean;
}

export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'Temporal is lost, and there is no backup of it': { lost: ['temporal'], lostSignals: false },
  'Temporal is put back, older than the database': {
    lost: ['temporal'],
    putBack: ['temporal'],
    lostSignals: false,
  },
  'the database is put back, older than Temporal': {
    lost: ['database'],
    putBack: ['database'],
    lostSignals: false,
  },
  'both are put back': {
    lost: ['database', 'temporal'],
    putBack: ['database', 'temporal'],
    lostSignals: true,
  },
};

export interface Rehearsal {
  readonly stack: Stack;
  readonly crm: Crm;
  dataDir: string;
  /** Orders of every life, as far as they have come before a backup. */
  begin(): Promise<Orders>;
  backUp(): Promise<string>;
  /** What happens between the backup and the loss; then Payonce is away, and the gateway goes on. */
  goOn(...all: Orders[]): Promise<void>;
  /** The whole stack is gone at once, and with it the files of these stores. */
  lose(...stores: Store[]): Promise<void>;
  /** @returns what `npm run restore` printed */
  putBack(backup: string, stores: readonly Store[]): Promise<string>;
  /** `npm run restore -- …` with all else as it is; @returns what it printed */
  restore(...args: string[]): Promise<string>;
  /** @returns milliseconds until the stack serves, and until every order is what it ought to be */
  start(lostSignals: boolean, ...all: Orders[]): Promise<{ servesMs: number; settledMs: number }>;
  /** @throws Error that names each order and the invariant that it breaks */
  judge(): Promise<void>;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** How often each of the gateway's calls was made by the runs that are open now. */
  askedOfGateway(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** How the stores of a stack are backed up, lost and put back. */
interface Means {
  /** What of the environment says where they are. */
  env(): Record<string, string>;
  backUp(folder: string): Promise<void>;
  lose(store: Store): Promise<void>;
  putBack(backup: string, stores: readonly Store[]): Promise<string>;
  /** @param running the stack, where it runs */
  restore(args: readonly string[], running?: Stack): Promise<string>;
}

type Run = (
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
) => Promise<string>;

/** @param postgres of one's own; absent, the stores are those that `npm start` brings */
export async function startRehearsal(postgres?: OwnPostgres): Promise<Rehearsal> {
  const home = await mkdtemp(path.join(tmpdir(), 'payonce-backup-'));
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  await chmod(home, 0o755);
  const dataDir = path.join(home, 'data');
  await mkdir(dataDir);
  const crm = await openCrm();
  const common = { CRM_URL: crm.url, EFFECTS_SECRET, SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };

  const run: Run = async (program, args, env = {}) => {
    const file = path.join(ROOT, 'src', program);
    const inherited = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]));
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', file, ...args], {
      cwd: ROOT,
      env: { ...inherited, ...common, DATA_DIR: dataDir, ...env },
      extendEnv: false,
    });
    return stdout;
  };
  const means =
    postgres === undefined
      ? embedded(dataDir, run)
      : await ofOnesOwn(postgres, { dataDir, run, common });
  const begin = () =>
    startTestStack({ workers: 1, apis: 1, env: { ...common, ...means.env() }, dataDir });
  let stack = await begin();
  let isUp = true;
  let backups = 0;
  let toldByThen = 0;

  async function each(
    all: readonly Orders[],
    act: (life: Life, order: Orders[keyof Orders]) => Promise<void> | undefined,
  ): Promise<void> {
    await Promise.all(
      all.flatMap((orders) => LIFE_NAMES.map((name) => act(LIVES[name], orders[name]))),
    );
  }

  return {
    get stack() {
      return stack;
    },
    crm,
    dataDir,
    async begin() {
      const people = peopleOf(shopOn(stack));
      const begun = LIFE_NAMES.map(
        async (name) => [name, await LIVES[name].before(people)] as const,
      );
      return Object.fromEntries(await Promise.all(begun)) as Orders;
    },
    async backUp() {
      backups += 1;
      const folder = path.join(home, `backup-${backups}`);
      await means.backUp(folder);
      toldByThen = crm.requests.length;
      return folder;
    },
    async goOn(...all) {
      const people = peopleOf(shopOn(stack));
      await each(all, (life, order) => life.since?.(people, order));
      for (const name of ['api', 'worker']) stack.kill(name, 'SIGSTOP');
      await each(all, (life, order) => life.meanwhile?.(people, order));
    },
    async lose(...stores) {
      await stack.stop('kill');
      isUp = false;
      // What a database that was put back does not know of, it tells the CRM again under the same keys, at other times.
      if (stores.includes('database')) crm.requests.splice(toldByThen);
      for (const store of stores) await means.lose(store);
    },
    putBack: means.putBack,
    restore: (...args) => means.restore(args, isUp ? stack : undefined),
    async start(lostSignals, ...all) {
      const startedAt = Date.now();
      // A Temporal that is made anew serves the database once the lease of the lost one has run out.
      stack = await pRetry(begin, {
        retries: LEASE_TRIES,
        minTimeout: LEASE_PAUSE_MS,
        factor: 1,
        shouldRetry: ({ error }) => /the database serves another Temporal/.test(error.message),
      });
      isUp = true;
      const servesMs = Date.now() - startedAt;
      const shop = shopOn(stack);
      await each(all, async ({ state, stateWithoutSignals = state }, { id }) => {
        await untilSettled(shop, id, lostSignals ? stateWithoutSignals : state);
      });
      return { servesMs, settledMs: Date.now() - startedAt };
    },
    judge: () => judgeEveryOrder({ ...stack, crm }),
    async rows(sql, values = []) {
      const { DATABASE_URL = stack.databaseUrl } = means.env();
      const database = new pg.Client({ connectionString: DATABASE_URL });
      await database.connect();
      try {
        return (await database.query(sql, values)).rows;
      } finally {
        await database.end();
      }
    },
    async askedOfGateway() {
      const connection = await Connection.connect({ address: stack.temporalAddress });
      try {
        const client = new Client({ connection, namespace: stack.temporalNamespace });
        return await countCalls(client);
      } finally {
        await connection.close();
      }
    },
    async close() {
      await stack.stop('kill');
      crm.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function embedded(dataDir: string, run: Run): Means {
  const restore = (args: readonly string[]) => run('dev/backup/restore.ts', args);
  return {
    env: () => ({}),
    backUp: async (folder) => {
      await run('dev/backup/backup.ts', [folder]);
    },
    lose: (store) => removeFiles(dataDir, FILES[store]),
    putBack: (backup, stores) =>
      restore([backup, ...(stores.length === 1 ? ['--only', ...stores] : [])]),
    restore,
  };
}

/** Temporal is backed up and put back by means of its own, as its operator would: here, copies of its file. */
async function ofOnesOwn(
  postgres: OwnPostgres,
  { dataDir, run, common }: { dataDir: string; run: Run; common: Record<string, string> },
): Promise<Means> {
  let count = 0;
  const newDatabase = () => {
    count += 1;
    return postgres.createDatabase(`shop_${count}`);
  };
  let databaseUrl = await newDatabase();
  const temporalFile = path.join(dataDir, databaseFile);
  const env = () => ({ DATABASE_URL: databaseUrl });

  const restoreBeside = (args: readonly string[], address = '', namespace = '') =>
    run('backup/restore.ts', args, {
      ...env(),
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
    });

  /** Where the stack does not run, Temporal is started alone, as if APIs and workers had been stopped. */
  async function restore(args: readonly string[], running?: Stack): Promise<string> {
    if (running !== undefined)
      return restoreBeside(args, running.temporalAddress, running.temporalNamespace);
    let said = '';
    const ports = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };
    await withStores(
      { env: { ...common, ...env() }, dataDir, ports, migrate: async () => {} },
      async () => {},
      async ({ variables: { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } }) => {
        said = await restoreBeside(args, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE);
      },
    );
    return said;
  }

  return {
    env,
    async backUp(folder) {
      await copySqlite(temporalFile, `${folder}.${databaseFile}`);
      await run('backup/backup.ts', [folder], env());
    },
    async lose(store) {
      if (store === 'database') databaseUrl = await newDatabase();
      else await removeFiles(dataDir, FILES.temporal);
    },
    async putBack(backup, stores) {
      if (stores.includes('temporal')) await rename(`${backup}.${databaseFile}`, temporalFile);
      // No record is older than it was: papers since have their numbers.
      return restore(stores.includes('database') ? [backup] : ['--skip-numbers', '0']);
    },
    restore,
  };
}

async function removeFiles(dataDir: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(path.join(dataDir, name), { recursive: true, force: true });
}

/** By the names of their activities. */
const CALLS = ['fetchPayments', 'createPayment', 'capturePayment', 'voidPayment', 'refundPayment'];

async function countCalls(client: Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const query = "WorkflowType = 'order' AND ExecutionStatus = 'Running'";
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { activityTaskScheduledEventAttributes: scheduled } of events ?? []) {
      const name = scheduled?.activityType?.name;
      if (name && CALLS.includes(name)) counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}
