/**
 * Takes the gateway's webhooks and hands each to Payonce three to eight times, out of order and again
 * until a 2xx, as gateways do over days; here within seconds. Every try is on the delivery log.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Delivery } from './evidence.ts';
import type { JsonLines } from './json-lines.ts';
import type { Random } from './random.ts';

export interface GatewayEvent {
  id: string;
  orderId: string;
  type: string;
  body: string;
}

export interface Relay {
  url: string;
  /** What the gateway has told of an order so far, in its own order. */
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
}

const COPIES = [3, 8] as const;
/** Money overtakes the news that came before it nearly always. */
const MONEY_DELAY_MS = [0, 1_200] as const;
const NEWS_DELAY_MS = [800, 3_500] as const;
/** The strictest gateway's patience. */
const TIMEOUT_MS = 5_000;
/** A gateway's pauses of seconds to hours, compressed. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 2_000;

export async function openRelay({ apiUrls, secret, log, random }: RelayOptions): Promise<Relay> {
  const events = new Map<string, GatewayEvent[]>();
  const signer = new Webhook(secret);
  let open = 0;
  let isClosed = false;

  async function tryOnce(event: GatewayEvent): Promise<boolean> {
    const startedAt = Date.now();
    const url = `${random.pick(apiUrls())}/webhooks/sandbox`;
    const answer = await post(url, event, signer);
    log.write({ ...told(event), ...answer, startedAt, endedAt: Date.now() });
    return answer.status !== null && answer.status >= 200 && answer.status < 300;
  }

  async function deliver(event: GatewayEvent): Promise<void> {
    open += 1;
    for (let pauseMs = FIRST_PAUSE_MS; !isClosed && !(await tryOnce(event)); ) {
      await sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
    open -= 1;
  }

  function spread(event: GatewayEvent): void {
    for (let copies = random.int(...COPIES); copies > 0; copies -= 1) {
      open += 1;
      const [min, max] = /captured|refund/.test(event.type) ? MONEY_DELAY_MS : NEWS_DELAY_MS;
      const delayMs = random.int(min, max);
      void sleep(delayMs)
        .then(() => deliver(event))
        .finally(() => {
          open -= 1;
        });
    }
  }

  const server = createServer(async (request, response) => {
    const event = read(String(request.headers['webhook-id']), await text(request));
    response.writeHead(204).end();
    const told = events.get(event.orderId) ?? [];
    // The gateway repeats what it has already handed over when its own attempt was cut short.
    if (told.some(({ id }) => id === event.id)) return;
    events.set(event.orderId, [...told, event]);
    spread(event);
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

type Answer = Pick<Delivery, 'status' | 'outcome' | 'code'>;

async function post(url: string, { id, body }: GatewayEvent, signer: Webhook): Promise<Answer> {
  const now = new Date();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': signer.sign(id, now, body),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = (await response.json()) as { status?: unknown; code?: string };
    const outcome = typeof answer.status === 'string' ? answer.status : null;
    return { status: response.status, outcome, code: answer.code ?? null };
  } catch {
    return { status: null, outcome: null, code: null };
  }
}
