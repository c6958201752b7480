/** What an order's events tell: everything that came, in its order, with what became of it and why. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import { type Clerk, clerkOf, type TimelineEvent } from '../support/operator-client.ts';
import {
  AMOUNT,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { temporalClient } from '../support/temporal.ts';
import { deliverTo, signedEvent, untilDelivered } from '../support/webhooks.ts';

describe('the events of an order', function () {
  this.timeout(60_000);
  let shop: Shop;
  let clerk: Clerk;
  let events: TimelineEvent[] = [];
  let repeatedId = '';

  before(async function () {
    this.timeout(300_000);
    shop = await openShop();
    clerk = clerkOf(shop);
    const { id, paymentId } = await givenPendingOrder(shop);
    const data = { orderId: id, paymentId, amount: AMOUNT };
    const pending = signedEvent('payment.pending', data);
    repeatedId = pending.id;
    for (const _ of [1, 2, 3]) await deliverTo(shop, pending);
    await clerk.pay(id);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilDelivered(shop, id, 'payment.captured');
    await untilSettled(shop, id, 'paid');
    await deliverTo(shop, signedEvent('payment.failed', data));
    await deliverTo(shop, signedEvent('payment.captured', { ...data, amount: 1 }));
    await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
    const handle = (await temporalClient()).workflow.getHandle(id);
    await handle.signal('webhook', { id: `odd-${randomUUID()}`, fact: { type: 'payment.odd' } });
    await clerk.cancel(id);
    await untilOrder(shop, id, ({ counters }) => counters.rejected === 2, 'told of everything');
    await clerk.refund(id, { amount: 1000 });
    await pWaitFor(async () => {
      events = await clerk.eventsOf(id);
      const told = events.map(({ type }) => type);
      const isReported = told.includes('refund') && told.includes('issue_credit_note');
      return isReported && dropped().length === 1;
    });
  });

  const dropped = () =>
    events.filter(
      ({ eventId, outcome }) => eventId.endsWith(repeatedId) && outcome === 'duplicate',
    );

  function fateOf(type: string, source: string): string[] {
    const told = events.filter((event) => event.type === type && event.source === source);
    return told.map(({ outcome, reason }) => `${outcome}: ${reason}`);
  }

  it('are in the order in which they happened', () => {
    const times = events.map(({ at }) => Date.parse(at));
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    const versions = events.map(({ version }) => version);
    assert.deepEqual(
      versions,
      [...versions].sort((a, b) => a - b),
    );
  });

  it('say what moved the order, from where to where', () => {
    assert.match(fateOf('payment.captured', 'webhook').join('\n'), /applied: pending → paid/);
  });

  it('say which clicks and commands there were, and what they were answered', () => {
    assert.deepEqual(fateOf('pay', 'client'), [
      'applied: attempt 1 is open',
      'duplicate: answered from the record once',
    ]);
    assert.deepEqual(fateOf('cancel', 'client'), ['rejected: order_already_paid']);
    assert.match(fateOf('refund', 'operator').join('\n'), /^applied: .* is succeeded$/);
  });

  it('show what was ignored: the repeat, the late, the unreadable', () => {
    assert.match(
      fateOf('payment.failed', 'webhook').join('\n'),
      /^stale: the payment is captured already$/,
    );
    assert.match(fateOf('unreadable', 'operator').join('\n'), /^rejected: signal webhook: /);
    assert.match(dropped()[0]?.reason ?? '', /^already accepted; delivered 2 more times$/);
  });

  it('show what needs a person, and why', () => {
    const contradiction = fateOf('payment.captured', 'webhook').filter((fate) =>
      fate.startsWith('review'),
    );
    assert.match(contradiction.join('\n'), /^review: fact_conflict: .* was 4999 INR, now 1 INR$/);
  });

  it('show every effect that was done', () => {
    const effects = events.filter(({ source }) => source === 'effect');
    assert.deepEqual(
      new Set(effects.map(({ type }) => type)),
      new Set(['post_ledger', 'grant_access', 'issue_invoice', 'update_crm', 'issue_credit_note']),
    );
  });
});
