/**
 * The real thing, for every test that speaks HTTP: one stack for the whole run, started by the first
 * test that needs it, on free ports and in a directory of its own.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Stack, startStack } from '../../src/dev/stack/stack.ts';
import { type Crm, openCrm } from './crm.ts';
import { judgeEveryOrder } from './every-order.ts';
import type { GatewayDriver, StackPlace } from './gateway-driver.ts';
import { ON_THE_STACK } from './gateways.ts';
import { installationOf } from './installation.ts';
import { builtPrograms } from './programs.ts';

/** Tests knock as often as they like; what limits do is tried where they are on. */
const UNLIMITED = {
  CLIENT_REQUESTS_PER_SECOND: '0',
  OPS_REQUESTS_PER_SECOND: '0',
  FAILED_AUTH_PER_MINUTE: '0',
};

/** Where tools and their caches are; and `npm run test:cold` has workers that keep no order in memory. */
export const INHERITED = [
  'PATH',
  'HOME',
  'GOPATH',
  'GOFLAGS',
  'TEMPORAL_CLI_PATH',
  'XDG_CACHE_HOME',
  'WORKER_CACHED_ORDERS',
];

const FREE_PORTS = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };

/** Base64 of 32 bytes that sign what the stack sends to the CRM of the tests. */
export const EFFECTS_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** What the sandbox gateway of the tests signs its webhooks with. */
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

export interface SharedStack extends Stack {
  crm: Crm;
  /** Who acts at each gateway, by its name. */
  gateways: Readonly<Record<string, GatewayDriver>>;
  closeGateways(): Promise<void>;
}

export function driverOf({ gateways }: SharedStack, name: string): GatewayDriver {
  const driver = gateways[name];
  if (driver === undefined) throw new Error(`the stack knows no gateway ${name}`);
  return driver;
}

/** A stack as gateways see it. */
export function placeOf({ apiUrls, sandboxUrl, databaseUrl }: Stack): StackPlace {
  return { apiUrls, sandboxUrl, installationId: () => installationOf(databaseUrl) };
}

export function sandboxOf(stack: SharedStack): GatewayDriver {
  return driverOf(stack, 'sandbox');
}

let shared: Promise<SharedStack> | undefined;

/**
 * Two workers and two APIs: what holds for one process must hold for several.
 * @throws Error in a run of the tests that share none.
 */
export function sharedStack(): Promise<SharedStack> {
  if (process.env.NO_SHARED_STACK)
    throw new Error('this test shares the stack: take it out of test/support/runs.ts');
  shared ??= startSharedStack();
  return shared;
}

async function startSharedStack(): Promise<SharedStack> {
  const crm = await openCrm();
  const started = await Promise.all(
    ON_THE_STACK.map(async ({ name, start }) => ({ name, gateway: await start() })),
  );
  const env = {
    CRM_URL: crm.url,
    EFFECTS_SECRET,
    SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    WRITE_OFF_LIMITS: 'INR:500',
  };
  for (const { gateway } of started) Object.assign(env, gateway.env);
  const stack = await startTestStack({ workers: 2, apis: 2, env });
  return Object.assign(stack, {
    crm,
    gateways: Object.fromEntries(
      started.map(({ name, gateway }) => [name, gateway.connect(placeOf(stack))]),
    ),
    closeGateways: async () => {
      await Promise.all(started.map(({ gateway }) => gateway.close()));
    },
  });
}

export async function startTestStack(options: {
  workers: number;
  apis: number;
  env?: Record<string, string>;
  /** A new folder of its own unless given. */
  dataDir?: string;
  onProgress?: (line: string) => void;
  /** Whether API and worker run as production runs them; the default. */
  areBuilt?: boolean;
}): Promise<Stack> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'payonce-test-')));
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  await chmod(dataDir, 0o755);
  const inherited = INHERITED.map((name) => [name, process.env[name]]);
  return startStack({
    env: { ...Object.fromEntries(inherited), ...UNLIMITED, ...options.env },
    dataDir,
    ports: FREE_PORTS,
    ...(options.areBuilt !== false && { scripts: await builtPrograms() }),
    workers: options.workers,
    apis: options.apis,
    onProgress: options.onProgress ?? ((line) => process.stderr.write(`  ${line}\n`)),
  });
}

export async function stopTestStack(stack: Stack): Promise<void> {
  // Nobody looks at these orders again, so nothing is waited for.
  await stack.stop('kill');
  await rm(stack.dataDir, { recursive: true, force: true });
}

/** Mocha's root hooks. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    if (shared === undefined) return;
    const stack = await shared;
    try {
      await judgeEveryOrder(stack);
    } finally {
      await stopTestStack(stack);
      stack.crm.close();
      await stack.closeGateways();
    }
  },
};
