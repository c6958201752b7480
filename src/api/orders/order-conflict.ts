/** Says in which fields a request differs from the order that has its id. */
import type { Ledger } from '../../domain/ledger.ts';
import type { StoredOrder } from '../../store/orders/orders.ts';
import { fingerprintOf } from '../http/canonical-json.ts';
import { Problem } from '../problems/problem.ts';
import { sentLines } from './line-items.ts';
import type { NewOrderBody } from './new-order-schema.ts';

/** @returns the problem, naming every field that differs from what the order was created with. */
export function orderConflict(body: NewOrderBody, order: StoredOrder, { terms }: Ledger): Problem {
  const { view } = order;
  const people = order.people ?? {};
  const printed = (value: unknown = null): string => fingerprintOf(value);
  const lastsS = (terms.expiresAt - terms.createdAt) / 1000;
  const pairs: [string, unknown, unknown][] = [
    ['/amount', body.amount, view.amount],
    ['/currency', body.currency, view.currency],
    ['/gateway', body.gateway, view.gateway],
    ['/customer/id', body.customer.id, view.customer.id],
    ['/customer/email', body.customer.email ?? null, order.email],
    ['/customer/name', body.customer.name, people.name],
    ['/customer/address', printed(body.customer.address), printed(people.address)],
    ['/shipping', printed(body.shipping), printed(people.shipping)],
    ['/description', body.description ?? null, order.description],
    [
      '/lineItems',
      printed(body.lineItems),
      printed(order.lines && sentLines(order.lines).lineItems),
    ],
    ['/taxBehavior', body.taxBehavior ?? null, order.lines?.taxBehavior ?? null],
    ['/discount', body.discount ?? 0, order.lines?.discount ?? 0],
    ['/metadata', fingerprintOf(body.metadata ?? {}), fingerprintOf(order.metadata)],
    ['/capture', body.capture ?? 'automatic', terms.manualCapture ? 'manual' : 'automatic'],
    ['/expiresIn', body.expiresIn ?? lastsS, lastsS],
  ];
  const differing = pairs
    .filter(([, given, stored]) => given !== stored)
    .map(([pointer]) => pointer);
  // Said once and left away once, with the same meaning: still not the same request.
  const pointers = differing.length > 0 ? differing : ['/expiresIn'];
  const message = 'differs from what the order was created with';
  return new Problem('order_conflict', {
    errors: pointers.map((pointer) => ({ pointer, message })),
  });
}
