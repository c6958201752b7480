/**
 * Payonce as a side: the stack of `npm start`, called over its own HTTP API, with its own sandbox
 * gateway. Rate limits are off, because the bench is one client.
 */
import { Client, Connection } from '@temporalio/client';
import { startStack } from '../../src/dev/stack/stack.ts';
import { historyOf } from '../history.ts';
import { installedVersion } from '../installed-version.ts';
import type { RunningSide, Side, SideOptions } from '../side.ts';
import type { TemporalOnPostgres } from '../temporal-on-postgres/temporal-postgres.ts';
import { startFreshTemporal } from '../temporal-on-postgres.ts';
import { callPayonce } from './calls.ts';
import { type StartStack, stackAt } from './checkout.ts';

const FREE_PORTS = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };

const UNLIMITED = {
  CLIENT_REQUESTS_PER_SECOND: '0',
  OPS_REQUESTS_PER_SECOND: '0',
  FAILED_AUTH_PER_MINUTE: '0',
};

/** An entry in the books has two sides; it is counted by one of them. */
const EFFECT_ROWS = {
  entitlement: 'select order_id from entitlements where granted_at is not null',
  invoice: 'select order_id from invoices',
  ledger: "select order_id from postings where side = 'debit'",
};

interface PayonceVariant {
  name: string;
  title: string;
  description: string;
  /** Absent: the development server of the embedded stack. */
  startTemporal?: (options: SideOptions) => Promise<TemporalOnPostgres>;
  /** Absent: the stack of this commit. */
  findStack?: (options: SideOptions) => Promise<StartStack>;
}

function createPayonceSide({ startTemporal, findStack, ...about }: PayonceVariant): Side {
  const versions = { '@temporalio/worker': installedVersion('@temporalio/worker') };
  return {
    ...about,
    versions,
    hasOwnGateway: true,
    async start(options) {
      const start = (await findStack?.(options)) ?? startStack;
      const temporal = await startTemporal?.(options);
      try {
        return await runStack(start, options, temporal);
      } catch (error) {
        await temporal?.stop();
        throw error;
      }
    },
  };
}

async function runStack(
  start: StartStack,
  options: SideOptions,
  temporal?: TemporalOnPostgres,
): Promise<RunningSide> {
  const stack = await start({
    env: environment(options, temporal),
    dataDir: options.dataDir,
    ports: FREE_PORTS,
    onProgress: options.onProgress,
  });
  const { temporalAddress, temporalNamespace } = stack;
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection, namespace: temporalNamespace });
  const calls = callPayonce(stack, options.webhookSecret);
  return {
    ...calls,
    effectRows: EFFECT_ROWS,
    processes: () => {
      const { sandbox, ...own } = byRole(stack.children);
      return { ...own, gateway: sandbox ?? [], ...(temporal && { temporal: [temporal.pid] }) };
    },
    historyOf: (orderId) => historyOf(client, orderId),
    stop: async () => {
      await calls.close();
      await connection.close();
      await stack.stop('kill');
      await temporal?.stop();
    },
  };
}

function environment(
  { databaseUrl, webhookSecret }: SideOptions,
  temporal?: TemporalOnPostgres,
): Record<string, string | undefined> {
  const { PATH, HOME, GOPATH, GOFLAGS, TEMPORAL_CLI_PATH, XDG_CACHE_HOME } = process.env;
  return {
    ...{ PATH, HOME, GOPATH, GOFLAGS, TEMPORAL_CLI_PATH, XDG_CACHE_HOME },
    ...UNLIMITED,
    ...(temporal && { TEMPORAL_ADDRESS: temporal.address }),
    DATABASE_URL: databaseUrl,
    SANDBOX_WEBHOOK_SECRETS: webhookSecret,
    // No other side writes a line for each request.
    LOG_LEVEL: 'warn',
  };
}

/** `worker-2` plays the same role as `worker`. */
function byRole(children: Readonly<Record<string, number>>): Record<string, number[]> {
  const roles: Record<string, number[]> = {};
  for (const [name, pid] of Object.entries(children)) {
    const role = name.replace(/-\d+$/, '');
    roles[role] = [...(roles[role] ?? []), pid];
  }
  return roles;
}

export const payonce: Side = createPayonceSide({
  name: 'payonce',
  title: 'Payonce',
  description: 'The stack of `npm start`: one API, one worker, the Temporal development server.',
});

export const payoncePostgres: Side = createPayonceSide({
  name: 'payonce-postgres',
  title: 'Payonce, Temporal on PostgreSQL',
  description: 'One API and one worker, on a Temporal server that keeps everything in PostgreSQL.',
  startTemporal: startFreshTemporal,
});

/** Payonce as it was, on the embedded stack and called in the same way: what has become of an order's price. */
export function payonceAt(commit: string): Side {
  const short = commit.slice(0, 7);
  return createPayonceSide({
    name: 'payonce-before',
    title: `Payonce, before (${short})`,
    description: `Payonce at the commit ${short}, with the dependencies that it pins.`,
    findStack: ({ onProgress }) => stackAt(commit, onProgress),
  });
}
