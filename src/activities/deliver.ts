/**
 * Tells another system about an order: signed as Standard Webhooks, under the effect's key. It may
 * arrive more than once, always with the same key and the same body, so that the other side can drop
 * repeats.
 */
import { Context } from '@temporalio/activity';
import { Webhook } from 'standardwebhooks';
import type { OrderView } from '../domain/view.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import type { Message, MessageLog } from '../store/effects/message-log.ts';
import { DeliveryOutcomeUnknown, DeliveryRefusal } from './failures.ts';

/** Where messages go; without one the log alone is the record. */
export interface Destination {
  /** As it is called in errors; the URL itself may hold a secret. */
  name: string;
  url: string;
  /** `whsec_` and base64, as Standard Webhooks has it. */
  secret: string;
}

export type Deliver = (message: {
  key: string;
  type: string;
  order: OrderView;
  /** The id of the dispute, refund or review that it is about; absent where it is about the order. */
  about?: string;
  /** How often it is to be sent by now; absent means once. */
  times?: number;
}) => Promise<void>;

/** Webhook receivers answer in a second; this leaves room within the activity's own time-out. */
const DELIVERY_TIMEOUT_MS = 10_000;
/** Refusals that pass: too slow, locked by the first try, too early, too many. */
const PASSING_REFUSALS = [408, 409, 425, 429];

export function createDeliver(deps: {
  database: Database;
  log: MessageLog;
  destination: Destination | undefined;
}): Deliver {
  const { database, log, destination } = deps;
  return async ({ key, type, order, about, times = 1 }) => {
    const body = bodyOf(type, order, about);
    const message = await log.keep(database, { key, orderId: order.id, type, body });
    if (destination === undefined || timesSent(message) >= times) return;
    // Another system may take its time, and a workflow task must not: it keeps the order's signals out.
    if (Context.current().info.isLocal)
      throw new DeliveryOutcomeUnknown(`${destination.name} is told by an activity of its own`);
    failpoint('message.afterKeepBeforeCall');
    await post(message, destination);
    failpoint('message.afterCallBeforeMark');
    await log.markSent(database, key, times);
  };
}

/** Messages from before sendings were counted have a time alone. */
function timesSent({ timesSent, sentAt }: Message): number {
  return sentAt === null ? 0 : Math.max(timesSent, 1);
}

/** What is posted, at whatever time. */
export function bodyOf(type: string, order: OrderView, about?: string): string {
  const data = withoutCheckouts(order);
  return JSON.stringify({ type, timestamp: new Date().toISOString(), about, data });
}

/** What a frontend needs to pay with, and what an operator has to correct, concern no other system. */
function withoutCheckouts(order: OrderView): OrderView {
  return {
    ...order,
    gatewayFailure: null,
    payments: order.payments.map((payment) => ({ ...payment, checkout: null })),
  };
}

async function post(message: Message, { name, url, secret }: Destination): Promise<void> {
  const status = await send(url, {
    method: 'POST',
    headers: headersOf(message, secret),
    body: message.body,
    redirect: 'error',
    signal: AbortSignal.any([
      Context.current().cancellationSignal,
      AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    ]),
  }).catch((error: unknown) => {
    throw new DeliveryOutcomeUnknown(`${name} cannot be reached: ${reasonOf(error)}`);
  });
  if (status < 300) return;
  const answer = `${name} answered ${status} to ${message.type}`;
  if (status >= 500 || PASSING_REFUSALS.includes(status)) throw new DeliveryOutcomeUnknown(answer);
  throw new DeliveryRefusal(`http_${status}`, answer, message.sentAt === null);
}

/** The status alone counts; reading the answer only frees the connection for the next message. */
async function send(url: string, request: RequestInit): Promise<number> {
  const response = await fetch(url, request);
  await response.body?.cancel();
  return response.status;
}

/** Signed anew on every try, as receivers refuse old signatures; id and body stay the same. */
function headersOf({ key, body }: Message, secret: string): Record<string, string> {
  const now = new Date();
  // The signed text is joined by dots, so the id must hold none.
  const id = encodeURIComponent(key).replaceAll('.', '%2E');
  return {
    'content-type': 'application/json',
    'idempotency-key': key,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
}

function reasonOf(error: unknown): string {
  const { cause, name } = error instanceof Error ? error : new Error(String(error));
  if (!(cause instanceof Error)) return name;
  return 'code' in cause ? String(cause.code) : cause.message;
}
