/**
 * Takes webhooks. It answers 200 only when Temporal has the event, when the event is parked, or when
 * there is nothing to do; whatever else happens is the gateway's to repeat.
 */
import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import {
  type EventMessage,
  type WebhookHeaders,
  type WebhookQuery,
  WebhookRejection,
} from '../../gateways/gateway.ts';
import type { ConfiguredGateway } from '../../gateways/index.ts';
import { failpoint } from '../../process/failpoints.ts';
import { createInstallationId, type InstallationId } from '../../store/installation.ts';
import { parkEvent } from '../../store/parked-events.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import type { WebhookOutcome } from '../http/api-metrics.ts';
import { measureWebhooks } from '../http/measure-requests.ts';
import { readWebhookBytes } from '../http/raw-body.ts';
import { replyOf, send } from '../http/reply.ts';
import { requireContentType } from '../http/request-headers.ts';
import { UnknownOrder } from '../problems/orchestrator-errors.ts';
import { Problem } from '../problems/problem.ts';
import { deliverMessage, deliveryIdOf, isNotOurs, type OrderMessage, typeOf } from './deliver.ts';
import { type ParkingReason, parkOrphan } from './park.ts';
import { readWebhook, withOwner } from './read-webhook.ts';
import { inTime } from './time-limit.ts';
import { type Accepted, createWebhookDedupe, type WebhookDedupe } from './webhook-dedupe.ts';

/** An answer takes no longer than this, however long the gateway would wait. */
const ANSWER_WITHIN_MS = 3_800;
/** Of what the gateway waits, this much is for the network. */
const ON_THE_WAY_MS = 1_200;
/** Counting a repeat is a courtesy; the gateway must not wait for it. */
const COUNT_WITHIN_MS = 1_000;

type Status = Exclude<WebhookOutcome, 'refused' | 'unavailable'>;

interface Received {
  name: string;
  gateway: ConfiguredGateway;
  raw: Buffer;
  headers: WebhookHeaders;
  query: WebhookQuery;
}

export function createWebhookReceiver(dependencies: ApiDependencies): RequestHandler {
  const dedupe = createWebhookDedupe();
  const ownInstallation = createInstallationId(dependencies.database);
  return measureWebhooks(dependencies, async (request: Request, response: Response) => {
    const { name, gateway } = gatewayOf(dependencies, request);
    response.locals.gateway = name;
    const { contentType, answerWithinMs } = gateway.capabilities.webhooks;
    requireContentType(request, contentType);
    const raw = await readWebhookBytes(request, response);
    const said = { headers: headersOf(request), query: queryOf(request) };
    const received = { name, gateway, raw, ...said };
    const taken = take({ dependencies, dedupe, ownInstallation }, received);
    const status = await inTime(taken, Math.min(ANSWER_WITHIN_MS, answerWithinMs - ON_THE_WAY_MS));
    if (status === undefined) throw new Problem('orchestrator_unavailable');
    failpoint('webhook.afterSeenBeforeReply');
    send(response, replyOf({ status: 200, body: { status } }));
    return status;
  });
}

function gatewayOf({ gateways }: ApiDependencies, request: Request) {
  const name = String(request.params.gateway);
  const gateway = Object.hasOwn(gateways, name) ? gateways[name] : undefined;
  if (gateway === undefined) throw new Problem('gateway_unknown');
  return { name, gateway };
}

function headersOf({ headers }: Request): WebhookHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value === undefined ? value : String(value),
    ]),
  );
}

function queryOf({ query }: Request): WebhookQuery {
  return Object.fromEntries(
    Object.entries(query).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

interface Receiver {
  dependencies: ApiDependencies;
  dedupe: WebhookDedupe;
  ownInstallation: InstallationId;
}

async function take(receiver: Receiver, received: Received): Promise<Status> {
  const { raw } = received;
  const message = await readWebhook(received);
  failpoint('webhook.afterVerify');
  if (message.kind !== 'batch') return takeEvent(receiver, received, message, raw);
  return takeBatch(receiver, received, message.items);
}

/**
 * Takes every item that can be taken before it answers for one that cannot: the gateway repeats the whole request,
 * and what was taken is then a duplicate.
 */
async function takeBatch(
  receiver: Receiver,
  received: Received,
  items: readonly (EventMessage | WebhookRejection)[],
): Promise<Status> {
  const taken = await Promise.allSettled(
    items.map(async (item) => {
      if (item instanceof WebhookRejection) throw item;
      return takeEvent(receiver, received, item, bytesOf(item));
    }),
  );
  const failed = taken.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const statuses = taken.map((one) => (one.status === 'fulfilled' ? one.value : 'ignored'));
  return BATCH_STATUSES.find((status) => statuses.includes(status)) ?? 'ignored';
}

/** When it happened may be told with the batch, which is another one each time. */
function bytesOf(item: EventMessage): Buffer {
  const { occurredAt: _, ...same } = { occurredAt: undefined, ...item };
  return Buffer.from(JSON.stringify(same));
}

/** A batch is answered with the first of these that is true of an item. */
const BATCH_STATUSES: readonly Status[] = ['parked', 'accepted', 'duplicate', 'ignored'];

async function takeEvent(
  { dependencies, dedupe, ownInstallation }: Receiver,
  received: Received,
  read: EventMessage,
  /** What has to be the same under one event id: an item may come again in another batch. */
  bytes: Buffer,
): Promise<Status> {
  const { name } = received;
  const message = await withOwner(received.gateway, read);
  if (message.kind === 'ignored') return ignore(dependencies, name, message);
  if (message.kind === 'unprocessable') return park(dependencies, received, message);
  const delivery = {
    id: deliveryIdOf(name, message.eventId),
    bodyHash: createHash('sha256').update(bytes).digest('base64url'),
  };
  const marked = await markedBy(message, received.gateway, ownInstallation);
  try {
    const verdict = await dedupe.once(delivery, async () => {
      const delivered = await deliverMessage(dependencies, name, marked);
      failpoint('webhook.afterSignalBeforeSeen');
      return { ...delivered, type: typeOf(message) };
    });
    if (verdict.status === 'conflict')
      return await park(dependencies, received, {
        eventId: `${message.eventId}#${delivery.bodyHash}`,
        code: 'event_id_conflict',
        reason: 'this event id came with other bytes before',
      });
    if (verdict.status === 'duplicate') await count(dependencies, delivery.id, verdict.of);
    else sayTaken(dependencies, name, message);
    return verdict.status;
  } catch (error) {
    if (!(error instanceof UnknownOrder)) throw error;
    if (isNotOurs(message, await ownInstallation()))
      return ignore(dependencies, name, { eventId: message.eventId, reason: 'not_ours' });
    return parkUnknown(dependencies, name, marked);
  }
}

/** Where the gateway cannot be asked who made a payment, the order has to know it from the webhook. */
async function markedBy(
  message: OrderMessage,
  { capabilities }: ConfiguredGateway,
  ownInstallation: InstallationId,
): Promise<OrderMessage> {
  const { installationId } = message;
  if (message.kind !== 'fact' || capabilities.truth !== 'webhooks' || installationId === undefined)
    return message;
  const madeBy = installationId === (await ownInstallation()) ? 'ours' : 'other';
  return { ...message, fact: { ...message.fact, madeBy } };
}

/** By two clocks, which may differ: nothing was taken before it happened. A package may say no time, or none that is one. */
function sayTaken(
  { metrics }: ApiDependencies,
  gateway: string,
  { occurredAt }: OrderMessage,
): void {
  if (occurredAt === undefined || !Number.isSafeInteger(occurredAt)) return;
  metrics.webhookTaken({ gateway, seconds: Math.max(0, Date.now() - occurredAt) / 1_000 });
}

function ignore(
  { metrics, log }: ApiDependencies,
  gateway: string,
  { eventId, reason }: Pick<Extract<EventMessage, { kind: 'ignored' }>, 'eventId' | 'reason'>,
): Status {
  metrics.webhookIgnored({ gateway, reason });
  log.debug({ gateway, event_id: eventId, reason }, 'ignored');
  return 'ignored';
}

async function parkUnknown(
  dependencies: ApiDependencies,
  gateway: string,
  message: OrderMessage,
): Promise<Status> {
  await parkOrphan(dependencies, gateway, message);
  const parked = { gateway, event_id: message.eventId, reason: 'event_orphaned' };
  dependencies.log.warn({ ...parked, security_event: 'event_parked' }, 'parked');
  return 'parked';
}

async function park(
  { database, log }: ApiDependencies,
  { name, raw }: Received,
  { eventId, code, reason }: { eventId: string; code: ParkingReason; reason: string },
): Promise<Status> {
  await parkEvent(database, { gateway: name, reason: code, orderId: null, eventId, body: raw });
  const parked = { gateway: name, event_id: eventId, reason: `${code}: ${reason}` };
  log.warn({ ...parked, security_event: 'event_parked' }, 'parked');
  return 'parked';
}

/** Without a database the repeat goes uncounted; it is no less a repeat. */
async function count(
  { duplicates }: ApiDependencies,
  eventId: string,
  { orderId, type }: Accepted,
): Promise<void> {
  const counted = duplicates.count({ orderId, eventId, type }).catch(() => {});
  await inTime(counted, COUNT_WITHIN_MS);
}
