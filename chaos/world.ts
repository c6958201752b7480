/**
 * Everything that a run needs, running: the stack, those who call it and whom it calls, and the logs they
 * all write.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { Environment } from '../src/config/config.ts';
import { loadKeys } from '../src/dev/stack/keys.ts';
import { numbered } from '../src/dev/stack/payonce-children.ts';
import { type Caller, createCaller } from './caller.ts';
import { type ChaosStack, type Close, COUNT, openChaosStack } from './chaos-stack.ts';
import { type Clocks, createClocks } from './clocks.ts';
import { type Crm, openCrm } from './crm.ts';
import { type Customer, createCustomer } from './customer.ts';
import type { Delivery, Evidence, Operation } from './evidence.ts';
import { createFailpointLane, type FailpointLane } from './failpoints.ts';
import { CARD_CODE, CARD_NUMBER } from './hostile.ts';
import { createJsonLines, type JsonLines } from './json-lines.ts';
import { EMAIL_CANARY } from './plan-orders.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { openRelay, type Relay } from './relay.ts';
import { createTrafficGate, type TrafficGate } from './traffic-gate.ts';

export interface World {
  dataDir: string;
  stack: ChaosStack;
  crm: Crm;
  relay: Relay;
  caller: Caller;
  customer: Customer;
  client: Client;
  clocks: Clocks;
  traffic: TrafficGate;
  /** The orders that an operator asked to cancel in Temporal. */
  cancelledByHand: Set<string>;
  /** By the process that they kill. */
  lanes: ReadonlyMap<string, FailpointLane>;
  /** Everything but what is known only at the end. */
  evidence: Omit<Evidence, 'settings' | 'memory'>;
}

export interface WorldOptions {
  profile: Profile;
  random: Random;
  env: Environment;
  /** Ids of orders whose payment the gateway makes and never admits. */
  sticky: readonly string[];
  /** From then on nobody insists on anything any more. */
  signal: AbortSignal;
  /** Gets the way to end each part as soon as it runs. */
  onOpen(close: Close): void;
  onProgress(line: string): void;
}

/** Callers come as fast as they like; limits are tried elsewhere. */
const UNLIMITED = {
  CLIENT_REQUESTS_PER_SECOND: '0',
  OPS_REQUESTS_PER_SECOND: '0',
  FAILED_AUTH_PER_MINUTE: '0',
};
const EFFECTS_SECRET = `whsec_${randomBytes(32).toString('base64')}`;

export async function openWorld(options: WorldOptions): Promise<World> {
  const { profile, random, env, sticky, signal, onOpen, onProgress } = options;
  const dataDir = await mkdtemp(path.join(tmpdir(), 'payonce-chaos-'));
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  await chmod(dataDir, 0o755);
  const historiesFolder = path.join(dataDir, 'histories');
  await mkdir(historiesFolder);
  const files = openLogs(dataDir);
  const keys = loadKeys(dataDir);
  const crm = await openCrm(files.crm, random.fork('crm'));
  onOpen(crm.close);
  // Nobody is called before the stack is there.
  let liveApiUrls = (): readonly string[] => [];
  const traffic = createTrafficGate();
  const relay = await openRelay({
    apiUrls: () => liveApiUrls(),
    secret: keys.sandboxWebhookSecret,
    log: files.deliveries,
    random: random.fork('relay'),
    traffic,
  });
  onOpen(relay.close);
  const lanes = createLanes(dataDir, profile, random);
  const clocks = createClocks(env);
  const stack = await openChaosStack({
    dataDir,
    isDiskSmall: profile.faults.diskFulls > 0,
    env: { ...env, ...UNLIMITED },
    relayUrl: relay.url,
    crmUrl: crm.url,
    effectsSecret: EFFECTS_SECRET,
    sticky,
    envOfNextLife: (name) => ({
      ...lanes.get(name)?.envOfNextLife(),
      ...clocks.envOfNextLife(name),
    }),
    onOpen,
    onProgress,
  });
  liveApiUrls = stack.liveApiUrls;
  const { temporalAddress: address, temporalNamespace: namespace, sandboxUrl } = stack;
  const connection = await Connection.connect({ address });
  onOpen(() => connection.close());
  const client = new Client({ connection, namespace });
  const database = new pg.Pool({ connectionString: stack.databaseUrl });
  // Its idle connections break with every fault of the database.
  database.on('error', () => {});
  onOpen(() => database.end());
  const { rows } = await database.query<{ id: string }>('select id from installation');
  return {
    dataDir,
    stack,
    crm,
    relay,
    lanes,
    clocks,
    client,
    caller: createCaller({
      apiUrls: liveApiUrls,
      closingApiUrl: stack.closingApiUrl,
      apiKey: keys.ops,
      log: files.operations,
      signal,
      traffic,
    }),
    traffic,
    cancelledByHand: new Set(),
    customer: createCustomer(sandboxUrl, rows[0]?.id ?? ''),
    evidence: {
      operationsFile: files.operations.file,
      deliveriesFile: files.deliveries.file,
      crmFile: files.crm,
      database,
      sandboxUrl,
      temporal: { client, namespace },
      logFiles: stack.logFiles,
      historiesFolder,
      canaries: [
        { name: 'card number', text: CARD_NUMBER, mayBeIn: [] },
        { name: 'card code', text: CARD_CODE, mayBeIn: [] },
        { name: 'webhook secret', text: keys.sandboxWebhookSecret, mayBeIn: [] },
        { name: 'effects secret', text: EFFECTS_SECRET, mayBeIn: [] },
        { name: 'client key', text: keys.client, mayBeIn: [] },
        { name: 'ops key', text: keys.ops, mayBeIn: [] },
        { name: 'e-mail address', text: EMAIL_CANARY, mayBeIn: ['database', 'answers'] },
      ],
    },
  };
}

interface Logs {
  operations: JsonLines<Operation>;
  deliveries: JsonLines<Delivery>;
  crm: string;
}

function openLogs(dataDir: string): Logs {
  return {
    operations: createJsonLines(path.join(dataDir, 'operations.jsonl')),
    deliveries: createJsonLines(path.join(dataDir, 'deliveries.jsonl')),
    crm: path.join(dataDir, 'crm.jsonl'),
  };
}

function createLanes(
  dataDir: string,
  { failpointHits: wanted, witnesses }: Profile,
  random: Random,
): Map<string, FailpointLane> {
  const lanes = (['worker', 'api'] as const).flatMap((role) => {
    const names = numbered(role, COUNT);
    const logs = names.map((name) => path.join(dataDir, 'logs', `${name}.log`));
    return names.map((name, index) => {
      const options = { role, isSpared: index === 0, logs, wanted, random: random.fork(name) };
      return [name, createFailpointLane(options)] as const;
    });
  });
  return new Map(lanes.filter(([name]) => !witnesses.includes(name)));
}
