/**
 * Payments that name this order although another installation made them, or one that left no mark: a staging
 * copy on the same gateway account, or other software. Such a payment never pays the order by itself. It is
 * parked for an operator, who may attach it; from then on it is a payment of the order like any other.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { type Context, fromGateway, keyFor, record, type Verdict } from '../context.ts';
import type { FactEvent } from '../events.ts';
import { adopt, strangerOf } from '../facts/adopt.ts';
import { recordFact, takeHeld } from '../facts/apply-fact.ts';
import type { PaymentSnapshot } from '../facts/facts.ts';
import { attachedTo, type Ledger } from '../ledger.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { stateOf } from '../sums.ts';
import { type CommandOf, rejected } from './waiting.ts';

/**
 * A fact of a payment that the order has not heard of, where there is nobody to ask: what is signed says who made the
 * payment, so that it is adopted, or put before an operator. False where that is not known either.
 */
export function takeStranger(context: Context, event: FactEvent): boolean {
  const { ledger } = context;
  const { paymentId, madeBy } = event.fact;
  const isStranger = ledger.terms.webhooksOnly === true && ledger.payments[paymentId] === undefined;
  if (!isStranger || madeBy === undefined || paymentId in Object.prototype) return false;
  const snapshot = strangerOf(event.fact, ledger.terms.orderId, madeBy);
  if (isOwn(ledger, snapshot)) {
    recordFact(context, event, adopt(context, snapshot));
    return true;
  }
  // Its outcome is recorded as that of what was held for it.
  ledger.held.push({ event, misses: 0 });
  refuseForeign(context, snapshot);
  return true;
}

/** A payment that the order knows stays its own, whatever mark it carries; a new one is known by the mark. */
export function isOwn(ledger: Ledger, snapshot: PaymentSnapshot): boolean {
  const { paymentId, orderId, installation = 'ours' } = snapshot;
  const isKnown = ledger.payments[paymentId] !== undefined;
  if (isKnown || attachedTo(ledger).includes(paymentId)) return true;
  return orderId === ledger.terms.orderId && installation === 'ours';
}

/** Records why the payment does not count. It is parked once for each status in which it may be money. */
export function refuseForeign(context: Context, snapshot: PaymentSnapshot): void {
  const { ledger } = context;
  const { paymentId, status, installation } = snapshot;
  const maker = installation === 'other' ? 'another installation' : 'no installation that it names';
  const what = `${paymentId} of order ${ledger.terms.orderId} was made by ${maker}`;
  const verdict = applyRow(
    context,
    isMoney(snapshot) ? 'payment.foreign.money' : 'payment.foreign',
    {
      cause: paymentId,
      reason: ({ words }) => `${words}: ${what}`,
      effects: { park: (starter) => parkPayment(starter, snapshot) },
    },
  );
  const held = takeHeld(context, paymentId);
  for (const { source, fact, id } of held)
    record(context, verdict, { source, type: fact.type, eventId: id });
  if (held.length === 0 && verdict.changed === true)
    record(context, verdict, fromGateway(context, `payment.${status}`));
}

/** What was only opened, or has ended without a capture, needs no operator. */
function isMoney({ status, captures }: PaymentSnapshot): boolean {
  return captures.length > 0 || status === 'pending' || status === 'authorized';
}

function parkPayment(
  starter: EffectStarter,
  { paymentId, status, captures, ...payment }: PaymentSnapshot,
): void {
  const capturedMinor = captures.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const amountMinor = capturedMinor > 0 ? capturedMinor : payment.amountMinor;
  const key = keyFor(starter, 'park_payment', `${paymentId}:${status}`);
  const { currency } = payment;
  starter.start({ effect: 'park_payment', key, paymentId, status, amountMinor, currency });
}

/** The gateway is asked for the payment, which counts from its answer on. */
export function attach(context: Context, command: CommandOf<'attach'>): Verdict | null {
  const { ledger } = context;
  const { paymentId } = command;
  if (paymentId in Object.prototype) return rejected('payment_unknown');
  if (ledger.payments[paymentId] !== undefined)
    return { outcome: 'duplicate', reason: `${paymentId} is a payment of this order already` };
  return applyRow(context, 'attach.requested', {
    cause: paymentId,
    caller: { command },
    evolve: () => {
      ledger.attached = [...new Set([...attachedTo(ledger), paymentId])];
    },
    effects: { fetch: askGateway },
  });
}

/** What has come of attaching a payment, once the gateway has been asked for it. */
export function attachVerdict(
  context: Context,
  paymentId: string,
  missing: readonly string[],
): Verdict {
  const { ledger } = context;
  if (ledger.payments[paymentId] !== undefined)
    return { outcome: 'applied', reason: `${paymentId} is attached: ${stateOf(ledger)}` };
  if (!missing.includes(paymentId))
    return {
      outcome: 'applied',
      reason: `the gateway has not been asked for ${paymentId} yet`,
      answer: { unsettled: true },
    };
  ledger.attached = attachedTo(ledger).filter((id) => id !== paymentId);
  return rejected('payment_unknown');
}
