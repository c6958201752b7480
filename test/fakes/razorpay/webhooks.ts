/**
 * Razorpay's webhooks: signed over the raw body, at least once, in no order, and repeated until they get
 * a 2xx. A test may also withhold them and let them go as it likes.
 */
import { createHmac } from 'node:crypto';
import { newId, nowS } from './world.ts';

/** The first wait between two tries; Razorpay's own are longer, and no test wants to wait that long. */
const RETRY_AFTER_MS = 50;
const MAX_TRIES = 8;
/** Whose events these are. */
export const ACCOUNT_ID = 'acc_BFQ7uQEaa7j2z7';

export interface Event {
  id: string;
  event: string;
  body: string;
  headers: Record<string, string>;
  /** The statuses that its deliveries got, 0 for no answer at all. */
  answers: number[];
}

export interface Destination {
  /** Any of them is as good as the other; they are taken in turn. */
  urls: readonly string[];
  secret: string;
}

export type Webhooks = ReturnType<typeof createWebhooks>;

export function createWebhooks() {
  const events: Event[] = [];
  const underWay = new Set<Promise<void>>();
  let turn = 0;
  const state: { to: Destination | null; withheld: Event[] | null; copies: number } = {
    to: null,
    withheld: null,
    copies: 1,
  };

  function tell(event: string, entities: Record<string, unknown>): void {
    const made = signedEvent(event, entities, state.to?.secret ?? 'nobody listens');
    events.push(made);
    if (state.withheld !== null) state.withheld.push(made);
    else send(made, state.copies);
  }

  function send(event: Event, copies: number): void {
    if (state.to === null) return;
    for (let copy = 0; copy < copies; copy += 1) {
      const delivery = deliver(event).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
  }

  /** Each try goes to whoever listens by then. */
  async function deliver(event: Event): Promise<void> {
    for (let tried = 0; tried < MAX_TRIES; tried += 1) {
      turn += 1;
      const urls = state.to?.urls ?? [];
      const status = await post(urls[turn % urls.length] ?? '', event);
      event.answers.push(status);
      if (status >= 200 && status < 300) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * 2 ** tried));
    }
  }

  return {
    events,
    tell,
    /** @returns who listened before */
    listen(to: Destination | null): Destination | null {
      const before = state.to;
      state.to = to;
      return before;
    },
    /** How often each event is delivered from now on, at the same time. */
    repeat(copies: number): void {
      state.copies = copies;
    },
    /** Nothing is sent until `release`. */
    withhold(): void {
      state.withheld ??= [];
    },
    /** Sends what was withheld, in the order that `arrange` makes of it; an empty one loses all. */
    release(arrange: (events: Event[]) => Event[] = (held) => held, copies = 1): void {
      const held = state.withheld ?? [];
      state.withheld = null;
      for (const event of arrange(held)) send(event, copies);
    },
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

export function signedEvent(
  event: string,
  entities: Record<string, unknown>,
  secret: string,
  createdAt = nowS(),
): Event {
  const body = JSON.stringify({
    entity: 'event',
    account_id: ACCOUNT_ID,
    event,
    contains: Object.keys(entities),
    payload: Object.fromEntries(
      Object.entries(entities).map(([name, entity]) => [name, { entity }]),
    ),
    created_at: createdAt,
  });
  const id = newId('evt');
  return { id, event, body, headers: signedHeaders(body, secret, id), answers: [] };
}

export function signedHeaders(body: string, secret: string, id = newId('evt')) {
  return {
    'content-type': 'application/json',
    'x-razorpay-event-id': id,
    'x-razorpay-signature': createHmac('sha256', secret).update(body).digest('hex'),
  };
}

async function post(url: string, { body, headers }: Event): Promise<number> {
  try {
    return (await fetch(url, { method: 'POST', headers, body })).status;
  } catch {
    return 0;
  }
}
