/** What the shop's server and its operators say to an order, over HTTP, waiting for each answer. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OrderView, PaymentView, RefundView } from '../../src/domain/view.ts';
import {
  givenPendingOrder,
  type Problem,
  type Reply,
  readOrder,
  type Shop,
  untilSettled,
} from './shop.ts';

export const WAIT = { prefer: 'wait=30' };
/** For callers who do not wait. */
export const AT_ONCE = { prefer: 'wait=0' };

interface EventPage {
  events: TimelineEvent[];
  nextCursor: string | null;
}

export interface TimelineEvent {
  at: string;
  source: string;
  type: string;
  eventId: string;
  outcome: string;
  reason: string;
  version: number;
}

type Answer<T> = Promise<Reply<T & Pick<Problem, 'code'>>>;

export interface Clerk {
  pay(id: string, headers?: Record<string, string>): Answer<PaymentView>;
  verify(id: string, body?: object): Answer<OrderView>;
  cancel(id: string, headers?: Record<string, string>): Answer<OrderView>;
  refund(id: string, body?: object, headers?: Record<string, string>): Answer<RefundView>;
  /** Decides the open review of that reason. */
  decide(id: string, reason: string, decision: 'approve' | 'reject'): Answer<OrderView>;
  eventsOf(id: string): Promise<TimelineEvent[]>;
  /** An order that was paid by one payment. */
  paidOrder(): Promise<{ id: string; paymentId: string }>;
}

export function clerkOf(shop: Shop): Clerk {
  const post = <T>(path: string, body: object, headers: Record<string, string>): Answer<T> =>
    shop.call('POST', `/v1/orders/${path}`, body, headers);
  return {
    pay: (id, headers = WAIT) => post(`${id}/payments`, {}, headers),
    verify: (id, body = {}) => post(`${id}/verify`, body, WAIT),
    cancel: (id, headers = WAIT) => post(`${id}/cancel`, {}, headers),
    refund: (id, body = {}, headers = WAIT) =>
      post(`${id}/refunds`, body, { 'idempotency-key': randomUUID(), ...headers }),
    async decide(id, reason, decision) {
      const { reviews } = await readOrder(shop, id);
      const review = reviews.find((found) => found.reason === reason && found.status === 'open');
      assert.ok(review, `order ${id} has no open review ${reason}: ${JSON.stringify(reviews)}`);
      const body = { decision, version: review.version, note: 'as agreed' };
      return post(`${id}/reviews/${review.id}`, body, WAIT);
    },
    async eventsOf(id) {
      const events: TimelineEvent[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Reply<EventPage> = await shop.call<EventPage>(
          'GET',
          `/v1/orders/${id}/events?limit=200${cursor && `&cursor=${cursor}`}`,
        );
        events.push(...page.body.events);
        cursor = page.body.nextCursor;
      }
      return events;
    },
    async paidOrder() {
      const order = await givenPendingOrder(shop);
      await shop.gateway('POST', `/payments/${order.paymentId}/capture`, {});
      await untilSettled(shop, order.id, 'paid');
      return order;
    },
  };
}
