/**
 * Payonce as a side: the stack of `npm start`, called over its own HTTP API, with its own sandbox
 * gateway. Rate limits are off, because the bench is one client.
 */
import { Client, Connection } from '@temporalio/client';
import { type Stack, startStack } from '../../src/dev/stack.ts';
import { historyOf } from '../history.ts';
import { createHttpClient } from '../http-client.ts';
import { installedVersion } from '../installed-version.ts';
import { PRICE, type RunningSide, type Side, type SideOptions } from '../side.ts';
import { createWebhookSigner } from '../signed-webhook.ts';

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

/** A Temporal that somebody else runs for the stack. */
export interface OwnTemporal {
  address: string;
  pid: number;
  stop(): Promise<void>;
}

interface PayonceVariant {
  name: string;
  title: string;
  description: string;
  /** Absent: the development server of the embedded stack. */
  startTemporal?: (options: SideOptions) => Promise<OwnTemporal>;
}

function createPayonceSide({ startTemporal, ...about }: PayonceVariant): Side {
  const versions = { '@temporalio/worker': installedVersion('@temporalio/worker') };
  return {
    ...about,
    versions,
    hasOwnGateway: true,
    async start(options) {
      const temporal = await startTemporal?.(options);
      try {
        return await runStack(options, temporal);
      } catch (error) {
        await temporal?.stop();
        throw error;
      }
    },
  };
}

async function runStack(options: SideOptions, temporal?: OwnTemporal): Promise<RunningSide> {
  const stack = await startStack({
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
  temporal?: OwnTemporal,
): Record<string, string | undefined> {
  const { PATH, HOME, GOPATH, GOFLAGS, TEMPORAL_CLI_PATH, XDG_CACHE_HOME } = process.env;
  return {
    ...{ PATH, HOME, GOPATH, GOFLAGS, TEMPORAL_CLI_PATH, XDG_CACHE_HOME },
    ...UNLIMITED,
    ...(temporal && { TEMPORAL_ADDRESS: temporal.address }),
    DATABASE_URL: databaseUrl,
    SANDBOX_WEBHOOK_SECRETS: webhookSecret,
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

function callPayonce({ apiUrl, keys }: Stack, webhookSecret: string) {
  const http = createHttpClient(apiUrl);
  const sign = createWebhookSigner(webhookSecret);
  const authorization = `Bearer ${keys.client}`;
  return {
    startOrder: (orderId: string) =>
      http.post<void>('/v1/orders', newOrder(orderId), { authorization }),
    async pay(orderId: string) {
      const path = `/v1/orders/${orderId}/payments`;
      const { id } = await http.post<{ id: string | null }>(path, '{}', {
        ...{ authorization, prefer: 'wait=30' },
      });
      if (id === null) throw new Error(`order ${orderId} has no payment after 30 s`);
      return id;
    },
    deliver(delivery: Parameters<RunningSide['deliver']>[0]) {
      const { body, headers } = sign(delivery);
      return http.post<void>('/webhooks/sandbox', body, headers);
    },
    verify: (orderId: string) =>
      http.post<void>(`/v1/orders/${orderId}/verify`, '{}', { authorization }),
    close: () => http.close(),
  };
}

function newOrder(id: string): string {
  const { amountMinor: amount, currency } = PRICE;
  return JSON.stringify({ id, amount, currency, gateway: 'sandbox', customer: { id: `c_${id}` } });
}

export const payonce: Side = createPayonceSide({
  name: 'payonce',
  title: 'Payonce',
  description: 'The stack of `npm start`: one API, one worker, the Temporal development server.',
});
