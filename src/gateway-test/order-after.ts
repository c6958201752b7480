/** What an order makes of a gateway's facts: the state machine itself, without a stack. */
import { effectEvent, type FactEvent } from '../domain/events.ts';
import { type Fact, factKey, factsOf } from '../domain/facts/facts.ts';
import { openLedger } from '../domain/ledger.ts';
import { PRESENT_RULES } from '../domain/rules.ts';
import { transition } from '../domain/transition.ts';
import { viewOf } from '../domain/view.ts';
import type { CreatedPayment } from '../gateways/gateway.ts';
import { eventsIn, type Workbench } from './workbench.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Each fact of a payment once, as webhooks say it, or as it is fetched where they only ask. */
export async function factsReported(
  { webhooksOf, read, fetch, package: { capabilities } }: Workbench,
  orderId: string,
  paymentId: string,
): Promise<Fact[]> {
  const said = (await webhooksOf(orderId, paymentId))
    .flatMap((request) => eventsIn(read(request)))
    .flatMap((event) => (event.kind === 'fact' ? [event.fact] : []));
  const fetched =
    capabilities.truth === 'read_back'
      ? factsOf({ ...(await fetch(orderId, paymentId)), installation: 'ours' })
      : [];
  return [...new Map([...said, ...fetched].map((fact) => [factKey(fact), fact])).values()];
}

/** What an order has been paid and has given back, in minor units, after it was told the facts one by one. */
export function sumsAfter(
  { package: { name } }: Workbench,
  { orderId, payment, checkout }: CreatedPayment & { orderId: string },
  facts: readonly Fact[],
): [paid: number, refunded: number] {
  const { installationId: _, amountMinor, currency, ...snapshot } = payment;
  const createdAt = Date.now();
  const opened = openLedger({
    ...{ orderId, amountMinor, currency, gateway: name, customerId: 'cus_1', createdAt },
    expiresAt: createdAt + DAY_MS,
    settlementWindowMs: DAY_MS,
    rules: PRESENT_RULES,
  });
  const clicked = transition(opened, { type: 'pay', id: 'pay', source: 'client', at: createdAt });
  const [create] = clicked.effects.filter(({ effect }) => effect === 'create_payment');
  const ours = { ...snapshot, amountMinor, currency, installation: 'ours' as const };
  const answer = { to: 'create_payment' as const, payment: ours, checkout };
  const result = { type: 'effect.answered' as const, key: create?.key ?? '', attempts: 1, answer };
  const pending = transition(clicked.ledger, effectEvent(result, createdAt)).ledger;
  const events = facts.map(
    (fact, index): FactEvent => ({
      ...{ type: 'fact', id: `event-${index}`, source: 'webhook', at: createdAt + index },
      fact,
    }),
  );
  const ledger = events.reduce((before, event) => transition(before, event).ledger, pending);
  const { amountPaid, amountRefunded } = viewOf(ledger);
  return [amountPaid, amountRefunded];
}
