/**
 * What the edge says to Restate, over its ingress. A webhook is one-way: it is answered when Restate
 * has it durably, and Restate drops a repeated event id before any handler sees it.
 * https://docs.restate.dev/services/invocation/http
 */
import type { HttpClient } from '../../http-client.ts';
import type { OrderStatus, Orders } from '../http-edge.ts';
import { ORDER_OBJECT } from './order.ts';

interface Sent {
  status: 'Accepted' | 'PreviouslyAccepted';
}

export function createOrders(ingress: HttpClient): Orders {
  const path = (orderId: string, handler: string) =>
    `/${ORDER_OBJECT}/${encodeURIComponent(orderId)}/${handler}`;
  return {
    start: (orderId, price) => ingress.post(path(orderId, 'start'), JSON.stringify(price)),
    pay: (orderId) => ingress.post<string>(path(orderId, 'pay'), ''),
    async receive(capture) {
      const headers = { 'idempotency-key': capture.eventId };
      const body = JSON.stringify(capture);
      const sent = await ingress.post<Sent>(
        `${path(capture.orderId, 'captured')}/send`,
        body,
        headers,
      );
      return sent.status === 'Accepted' ? 'accepted' : 'duplicate';
    },
    verify: async (orderId) =>
      (await ingress.post<OrderStatus | null>(path(orderId, 'status'), '')) ?? undefined,
  };
}
