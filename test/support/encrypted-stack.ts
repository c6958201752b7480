/**
 * A stack as production has it: everything that Temporal stores is encrypted. One for all suites that
 * ask what can be read where.
 */
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { type HttpReceiver, openReceiver } from './http-receiver.ts';
import { EFFECTS_SECRET, startTestStack, stopTestStack, WEBHOOK_SECRET } from './stack.ts';

export const PAYLOAD_KEYS = `k2026:${Buffer.alloc(32, 5).toString('base64')},k2025:${Buffer.alloc(32, 4).toString('base64')}`;

export interface EncryptedStack extends Stack {
  /** Takes what the CRM is told; refuses or fails as a test tells it to. */
  crm: HttpReceiver;
  connection: Connection;
}

let running: Promise<EncryptedStack> | undefined;

export function encryptedStack(): Promise<EncryptedStack> {
  running ??= start();
  return running;
}

async function start(): Promise<EncryptedStack> {
  const crm = await openReceiver();
  const stack = await startTestStack({
    workers: 1,
    apis: 1,
    env: {
      PAYLOAD_KEYS,
      SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      CRM_URL: crm.url,
      EFFECTS_SECRET,
      LOG_LEVEL: 'trace',
    },
  });
  const connection = await Connection.connect({ address: stack.temporalAddress });
  return Object.assign(stack, { crm, connection });
}

/** An order's history as Temporal has it, as JSON. */
export async function historyOf(orderId: string): Promise<string> {
  const { connection, temporalNamespace: namespace } = await encryptedStack();
  const client = new Client({ connection, namespace });
  return historyToJSON(await client.workflow.getHandle(orderId).fetchHistory());
}

/** A text with all of its base64 turned into text as well. */
export function decoded(text: string): string {
  const encoded = text.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? [];
  return text + encoded.map((one) => Buffer.from(one, 'base64').toString('latin1')).join('\n');
}

after(async () => {
  if (running === undefined) return;
  const stack = await running;
  await stack.connection.close();
  await stopTestStack(stack);
  await stack.crm.close();
});
