/**
 * A stack of its own for tests that do to orders' runs what operators can do in Temporal, by its own CLI: what is
 * lost or stopped here would stop the orders of other tests.
 */
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import pg from 'pg';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { findTemporalCli } from '../../src/dev/temporal/temporal-cli.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { scrape, sumOf } from '../metrics/scrape.ts';
import { type Crm, openCrm } from '../support/crm.ts';
import { type Shop, shopOn } from '../support/shop.ts';
import { EFFECTS_SECRET, startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

/** Anything here comes within a minute; a busy machine gets half a minute more. */
export const PATIENCE = { interval: 100, timeout: 90_000 };

export interface OrderEvent {
  source: string;
  type: string;
  eventId: string;
  outcome: string;
  reason: string;
}

export interface OperatorStack {
  stack: Stack;
  shop: Shop;
  crm: Crm;
  client: Client;
  /** Runs Temporal's CLI against the stack's server and namespace; rejects when the command fails. */
  temporal(...args: string[]): Promise<string>;
  eventsOf(orderId: string): Promise<OrderEvent[]>;
  statusOf(orderId: string): Promise<string>;
  runIdOf(orderId: string): Promise<string>;
  /** The activity ids of what the order has under way and the server retries. */
  untilRetried(orderId: string, activityType: string): Promise<string>;
  metric(name: string): Promise<number>;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function startOperatorStack(options: {
  workers: number;
  apis: number;
  env?: Record<string, string>;
}): Promise<OperatorStack> {
  const { version } = readTemporalDevFile();
  const cli = await findTemporalCli({ env: process.env, version, onProgress: () => {} });
  const crm = await openCrm();
  const own = { CRM_URL: crm.url, EFFECTS_SECRET, SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
  const env = { ...own, ...options.env };
  const stack = await startTestStack({ ...options, env });
  const { temporalAddress: address, temporalNamespace: namespace, databaseUrl } = stack;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const shop = shopOn(stack);
  const handleOf = (orderId: string) => client.workflow.getHandle(orderId);

  return {
    stack,
    shop,
    crm,
    client,
    async temporal(...args) {
      const server = ['--address', address, '--namespace', namespace];
      return (await execa(cli, [...args, ...server])).stdout;
    },
    async eventsOf(orderId) {
      const path = `/v1/orders/${orderId}/events`;
      return (await shop.call<{ events: OrderEvent[] }>('GET', path)).body.events;
    },
    statusOf: async (orderId) => (await handleOf(orderId).describe()).status.name,
    runIdOf: async (orderId) => (await handleOf(orderId).describe()).runId,
    async untilRetried(orderId, activityType) {
      return pWaitFor(async () => {
        const { raw } = await handleOf(orderId).describe();
        const found = raw.pendingActivities?.find(
          ({ activityType: type, attempt }) => type?.name === activityType && Number(attempt) > 1,
        );
        return found?.activityId != null && pWaitFor.resolveWith(found.activityId);
      }, PATIENCE);
    },
    async metric(name) {
      const pages = await Promise.all(stack.apiUrls.map((url) => scrape(`${url}/metrics`)));
      return Math.max(...pages.map((samples) => sumOf(samples, name)));
    },
    async rows(sql, values = []) {
      const database = new pg.Client({ connectionString: databaseUrl });
      await database.connect();
      try {
        return (await database.query(sql, values)).rows;
      } finally {
        await database.end();
      }
    },
    async close() {
      await client.connection.close();
      await stopTestStack(stack);
      crm.close();
    },
  };
}
