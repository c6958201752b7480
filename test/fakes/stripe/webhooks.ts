/**
 * Stripe's webhooks: every event signed over its bytes, delivered in no particular order, more than once
 * where a test wants that, and again until somebody answers 2xx.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Stripe } from 'stripe';
import type { SignedRequest } from '../../support/gateway-driver.ts';
import { newId, type StripeEvent, seconds } from './objects.ts';

const API_VERSION = '2026-10-28.endive';
const PATH = '/webhooks/stripe';
const FIRST_RETRY_MS = 100;
/** Stripe goes on for three days; no test waits longer than this many doublings. */
const MAX_TRIES = 8;

export interface Webhooks {
  tell(type: string, object: object): void;
  /** From now on events go to these APIs, in turn. */
  sendTo(urls: readonly string[]): void;
  /** Sends only events whose type passes, as an endpoint that is subscribed to some. */
  subscribe(isWanted: (type: string) => boolean): void;
  /** How often each event is delivered, even when all goes well. */
  setCopies(count: number): void;
  /** Every event so far that speaks of a payment. */
  eventsOf(paymentId: string): StripeEvent[];
  sign(event: StripeEvent): SignedRequest;
  signBody(body: string): SignedRequest;
  close(): void;
}

export function createWebhooks(secret: string): Webhooks {
  const events: StripeEvent[] = [];
  let isClosed = false;
  let subscribed = (_type: string): boolean => true;
  let urls: readonly string[] = [];
  let copies = 1;
  let turn = 0;

  const sign = (event: StripeEvent): SignedRequest => signBody(JSON.stringify(event, null, 2));

  function signBody(body: string): SignedRequest {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return { path: PATH, headers: { ...headers, 'stripe-signature': signature }, body };
  }

  async function deliver(event: StripeEvent): Promise<void> {
    for (let tried = 0; tried < MAX_TRIES && !isClosed; tried += 1) {
      turn += 1;
      const { path, headers, body } = sign(event);
      const url = `${urls[turn % urls.length]}${path}`;
      const isTaken = await fetch(url, { method: 'POST', headers, body }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isTaken) return;
      await sleep(FIRST_RETRY_MS * 2 ** tried, undefined, { ref: false });
    }
  }

  return {
    tell(type, object) {
      const event = newEvent(type, object);
      events.push(event);
      if (urls.length === 0 || !subscribed(type)) return;
      for (let copy = 0; copy < copies; copy += 1) void deliver(event);
    },
    sendTo: (given) => {
      urls = given;
    },
    subscribe: (isWanted) => {
      subscribed = isWanted;
    },
    setCopies: (count) => {
      copies = count;
    },
    eventsOf: (paymentId) =>
      events.filter(({ data: { object } }) => {
        const { id, payment_intent } = object as { id: string; payment_intent?: string };
        return id === paymentId || payment_intent === paymentId;
      }),
    sign,
    signBody,
    close: () => {
      isClosed = true;
    },
  };
}

export function newEvent(type: string, object: object): StripeEvent {
  return {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: seconds(),
    data: { object: structuredClone(object) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}
