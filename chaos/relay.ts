/**
 * Takes the gateway's webhooks and hands each to Payonce three to eight times, out of order and again
 * until a 2xx, as gateways do over days; here within seconds. Every try is on the delivery log.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './evidence.ts';
import type { JsonLines } from './json-lines.ts';
import { createOvertaking } from './overtaking.ts';
import type { Random } from './random.ts';
import type { TrafficGate } from './traffic-gate.ts';
import { createWebhookSender, type GatewayEvent, isAcknowledged } from './webhook-sender.ts';

export interface Relay {
  url: string;
  /** What the gateway has told of an order so far, in the order in which it came. */
  eventsOf(orderId: string): readonly GatewayEvent[];
  /** Delivers until a 2xx. */
  deliver(event: GatewayEvent): Promise<void>;
  /** Deliveries that are still to come or under way. */
  open(): number;
  close(): void;
}

interface RelayOptions {
  apiUrls: () => readonly string[];
  secret: string;
  log: JsonLines<Delivery>;
  random: Random;
  traffic: TrafficGate;
}

const COPIES = [3, 8] as const;
/** Money overtakes the news that came before it nearly always. */
const MONEY_DELAY_MS = [0, 1_200] as const;
const NEWS_DELAY_MS = [800, 3_500] as const;
/** A gateway's pauses of seconds to hours, compressed. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 2_000;

export async function openRelay(options: RelayOptions): Promise<Relay> {
  const { apiUrls, secret, log, random, traffic } = options;
  const events = new Map<string, GatewayEvent[]>();
  const send = createWebhookSender(secret);
  const overtaking = createOvertaking();
  let open = 0;
  let isClosed = false;

  async function tryOnce(event: GatewayEvent): Promise<boolean> {
    const startedAt = Date.now();
    const answer = await send(random.pick(apiUrls()), event);
    log.write({ ...told(event), ...answer, startedAt, endedAt: Date.now() });
    if (!isAcknowledged(answer)) return false;
    overtaking.taken(event);
    return true;
  }

  async function deliver(event: GatewayEvent): Promise<void> {
    open += 1;
    const next = () => traffic.pass(() => tryOnce(event));
    for (let pauseMs = FIRST_PAUSE_MS; !isClosed && !(await next()); ) {
      await sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
    open -= 1;
  }

  async function deliverLater(event: GatewayEvent): Promise<void> {
    const [min, max] = /captured|refund/.test(event.type) ? MONEY_DELAY_MS : NEWS_DELAY_MS;
    const delayMs = random.int(min, max);
    open += 1;
    await overtaking.turnOf(event);
    await sleep(delayMs);
    await deliver(event);
    open -= 1;
  }

  const server = createServer(async (request, response) => {
    const event = read(String(request.headers['webhook-id']), await text(request));
    response.writeHead(204).end();
    const told = events.get(event.orderId) ?? [];
    // The gateway repeats what it has already handed over when its own attempt was cut short.
    if (told.some(({ id }) => id === event.id)) return;
    events.set(event.orderId, [...told, event]);
    overtaking.told(event);
    for (let copies = random.int(...COPIES); copies > 0; copies -= 1) void deliverLater(event);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    eventsOf: (orderId) => events.get(orderId) ?? [],
    deliver,
    open: () => open,
    close: () => {
      isClosed = true;
      server.close();
      server.closeAllConnections();
    },
  };
}

function read(id: string, body: string): GatewayEvent {
  const { type, data } = JSON.parse(body) as { type: string; data: { orderId: string } };
  return { id, orderId: data.orderId, type, body };
}

function told({ id, orderId, type, body }: GatewayEvent) {
  return { eventId: id, orderId, type, body };
}
