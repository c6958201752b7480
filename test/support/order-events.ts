/** What can happen to the order of 100.00 INR that the domain's tests are about, in the words of its users. */
import { type Answer, effectKey } from '../../src/domain/effects/effects.ts';
import type {
  ByHand,
  Command,
  CommandEvent,
  DomainEvent,
  FactEvent,
} from '../../src/domain/events.ts';
import { captureIdOf, type Fact, type PaymentSnapshot } from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { OrderTerms } from '../../src/domain/order.ts';
import { PRESENT_RULES } from '../../src/domain/rules.ts';

const HOUR_MS = 3_600_000;

export const TERMS: OrderTerms = {
  orderId: 'ord_1',
  amountMinor: 100,
  currency: 'INR',
  gateway: 'sandbox',
  customerId: 'cus_1',
  createdAt: Date.parse('2026-01-26T10:00:00Z'),
  expiresAt: Date.parse('2026-01-27T10:00:00Z'),
  settlementWindowMs: 240 * HOUR_MS,
  rules: PRESENT_RULES,
  voidsWhenFailed: true,
};

const AT = TERMS.createdAt + 60_000;

export function webhook(fact: Fact, id = `evt:${nameOf(fact)}:${fact.amountMinor}`): FactEvent {
  return { type: 'fact', id, source: 'webhook', at: AT, fact };
}

type IdName = 'refundId' | 'disputeId' | 'captureId' | 'paymentId';

/** Of what a gateway sends, and nothing that the order makes of it. */
function nameOf(fact: Fact): string {
  const { refundId, disputeId, captureId, paymentId } = fact as Partial<Record<IdName, string>>;
  return `${fact.type}:${refundId ?? disputeId ?? captureId ?? paymentId}`;
}

/** The same thing told by another delivery, with an id of its own. */
export function again<T extends FactEvent | CommandEvent>(event: T, times = 1): T {
  return { ...event, id: `${event.id}#${times}` };
}

export function later<T extends DomainEvent>(event: T, hours: number): T {
  return { ...event, at: event.at + hours * HOUR_MS };
}

type PaymentWord = 'pending' | 'authorized' | 'captured' | 'failed' | 'expired' | 'voided';

export function payment(
  word: PaymentWord,
  paymentId = 'pay_1',
  more: { amountMinor?: number; currency?: string; captureId?: string } = {},
): FactEvent {
  const type = `payment.${word}` as const;
  return webhook({ type, paymentId, amountMinor: 100, currency: 'INR', ...more });
}

export function captured(amountMinor = 100, captureId = 'cap_1', paymentId = 'pay_1'): FactEvent {
  return payment('captured', paymentId, { amountMinor, captureId });
}

export function captureReversed(
  amountMinor = 100,
  captureId = 'cap_1',
  paymentId = 'pay_1',
): FactEvent {
  const type = 'capture.reversed';
  return webhook({ type, paymentId, captureId, amountMinor, currency: 'INR' });
}

export function refund(
  word: 'pending' | 'succeeded' | 'failed' | 'reversed',
  amountMinor = 100,
  refundId = 'ref_1',
  paymentId = 'pay_1',
): FactEvent {
  const type = `refund.${word}` as const;
  return webhook({ type, paymentId, refundId, amountMinor, currency: 'INR' });
}

export function dispute(
  word: 'inquiry' | 'opened' | 'won' | 'lost',
  amountMinor = 100,
  disputeId = 'dsp_1',
  paymentId = 'pay_1',
): FactEvent {
  const type = `dispute.${word}` as const;
  return webhook({ type, paymentId, disputeId, amountMinor, currency: 'INR' });
}

export function command(body: Command, id: string = body.type): CommandEvent {
  return { ...body, id, source: 'client', at: AT };
}

export function pay(click = 1): CommandEvent {
  return command({ type: 'pay' }, `pay-${click}`);
}

export function verify(paymentId?: string, id = `verify-${paymentId}`): CommandEvent {
  return command({ type: 'verify', ...(paymentId === undefined ? {} : { paymentId }) }, id);
}

export function cancel(id = 'cancel'): CommandEvent {
  return command({ type: 'cancel' }, id);
}

type Money = Partial<Pick<ByHand, 'reference' | 'amountMinor'>>;

/** Cash over the counter. */
export function byHand({ reference = 'cash-1', amountMinor = 100 }: Money = {}): CommandEvent {
  const money = { reference, amountMinor, method: 'cash', on: '2026-01-26' };
  return command({ type: 'manual_payment', ...money }, `received-${reference}-${amountMinor}`);
}

export function returnedByHand(
  { reference = 'trf-1', amountMinor = 100 }: Money = {},
  paymentId?: string,
): CommandEvent {
  const money = { reference, amountMinor, method: 'bank_transfer', on: '2026-01-27' };
  const payment = paymentId === undefined ? {} : { paymentId };
  const id = `returned-${reference}-${amountMinor}`;
  return command({ type: 'manual_refund', ...money, ...payment }, id);
}

/** Everything that can be captured, where no amount is given. */
export function captureRequest(
  amountMinor: number | null = null,
  requestKey = 'cap_key_1',
  id = `capture-${requestKey}`,
): CommandEvent {
  return command(
    { type: 'capture', requestKey, ...(amountMinor === null ? {} : { amountMinor }) },
    id,
  );
}

export function voidRequest(id = 'void'): CommandEvent {
  return command({ type: 'void' }, id);
}

export function writeOff(amountMinor: number, limitMinor = 100, id = 'write-off'): CommandEvent {
  return command({ type: 'write_off', amountMinor, limitMinor }, id);
}

export function decideAccess(action: 'grant' | 'revoke', nth = 1): CommandEvent {
  return command({ type: 'access', action, note: 'asked for' }, `${action}-${nth}`);
}

/** A message that was delivered, as the order names it: `grant_access:1`. */
export function resend(name: string, id = `resend-${name}`): CommandEvent {
  return command({ type: 'resend', key: `${TERMS.orderId}:${name}` }, id);
}

export function captureAnswered(payment: PaymentSnapshot, requestKey = 'cap_key_1'): DomainEvent {
  const key = effectKey(TERMS.orderId, 'capture_payment', requestKey);
  return answered(key, { to: 'capture_payment', payment });
}

export function extend(hours = 48): CommandEvent {
  return command(
    { type: 'extend', expiresAt: TERMS.createdAt + hours * HOUR_MS },
    `extend-${hours}`,
  );
}

export function refundRequest(
  amountMinor: number | null = null,
  requestKey = 'key_1',
  id = `refund-${requestKey}`,
): CommandEvent {
  return command(
    { type: 'refund', requestKey, ...(amountMinor === null ? {} : { amountMinor }) },
    id,
  );
}

/** An operator's decision on the open review of that reason, as they see it now. */
export function decide(
  decision: 'approve' | 'reject',
  reason: string,
  id = `${decision}-${reason}`,
): (ledger: Ledger) => CommandEvent {
  return ({ reviews }) => {
    const review = reviews.findLast((candidate) => candidate.reason === reason);
    const { id: reviewId = 'none', version = 0 } = review ?? {};
    return command({ type: 'review', reviewId, decision, version, note: 'seen' }, id);
  };
}

export function snapshot(
  status: PaymentSnapshot['status'],
  paymentId = 'pay_1',
  more: Partial<PaymentSnapshot> = {},
): PaymentSnapshot {
  const captures =
    status === 'captured' ? [{ captureId: 'cap_1', amountMinor: 100, reversed: false }] : [];
  const base = { amountMinor: 100, currency: 'INR', refunds: [], disputes: [] };
  return { paymentId, orderId: TERMS.orderId, status, captures, ...base, ...more };
}

/** What the gateway would say of a payment about which just this is true. */
export function snapshotOf({ fact }: FactEvent): PaymentSnapshot {
  const { paymentId, amountMinor, currency } = fact;
  const word = fact.type.slice(fact.type.indexOf('.') + 1);
  if (fact.type === 'payment.captured') {
    const captures = [{ captureId: captureIdOf(fact), amountMinor, reversed: false }];
    return snapshot('captured', paymentId, { currency, captures });
  }
  return snapshot(word as PaymentSnapshot['status'], paymentId, { amountMinor, currency });
}

export type CallName = 'create_payment' | 'capture_payment' | 'void_payment' | 'refund_payment';

function answered(key: string, answer: Answer | null): DomainEvent {
  return { type: 'effect.answered', id: key, key, source: 'effect', at: AT, attempts: 1, answer };
}

/** The gateway has made the payment of an attempt. */
export function created(
  paymentId = 'pay_1',
  attempt = 1,
  status: PaymentSnapshot['status'] = 'created',
): DomainEvent {
  const payment = snapshot(status, paymentId);
  const checkout = { url: `https://gateway.example/${paymentId}` };
  const key = effectKey(TERMS.orderId, 'create_payment', attempt);
  return answered(key, { to: 'create_payment', payment, checkout });
}

/** The gateway answers the question that is open, with all that it knows. */
export function told(...payments: PaymentSnapshot[]): (ledger: Ledger) => DomainEvent {
  return ({ inquiry }) =>
    answered(effectKey(TERMS.orderId, 'fetch_payments', inquiry.generation), {
      to: 'fetch_payments',
      payments,
      missing: [],
    });
}

/** The gateway does not know the payments it is asked about. */
export function denied(...missing: string[]): (ledger: Ledger) => DomainEvent {
  return ({ inquiry }) =>
    answered(effectKey(TERMS.orderId, 'fetch_payments', inquiry.generation), {
      to: 'fetch_payments',
      payments: [],
      missing,
    });
}

export function voidAnswered(payment: PaymentSnapshot): DomainEvent {
  const key = effectKey(TERMS.orderId, 'void_payment', payment.paymentId);
  return answered(key, { to: 'void_payment', payment });
}

export function refundAnswered(
  refundId: string,
  amountMinor: number,
  {
    requestKey = 'key_1',
    status = 'succeeded' as 'succeeded' | 'pending',
    paymentId = 'pay_1',
  } = {},
): DomainEvent {
  const refund = { refundId, paymentId, amountMinor, currency: 'INR', status };
  return answered(effectKey(TERMS.orderId, 'refund_payment', requestKey), {
    to: 'refund_payment',
    refund,
  });
}

/** A business effect is done. */
export function done(
  effect: 'grant_access' | 'revoke_access' | 'issue_invoice' | 'update_crm' | 'post_ledger',
  cause: string | number,
): DomainEvent {
  return answered(effectKey(TERMS.orderId, effect, cause), null);
}

export function refused(
  call: Parameters<typeof effectKey>[1],
  cause: string | number,
): DomainEvent {
  const key = effectKey(TERMS.orderId, call, cause);
  const code = 'refused';
  return { type: 'effect.refused', id: key, key, source: 'effect', at: AT, attempts: 1, code };
}

export function unanswered(call: CallName, cause: string | number): DomainEvent {
  const key = effectKey(TERMS.orderId, call, cause);
  const reason = 'timeout';
  return { type: 'effect.unanswered', id: key, key, source: 'effect', at: AT, attempts: 1, reason };
}

/** The open question got no answer. */
export function silence({ inquiry }: Ledger): DomainEvent {
  const key = effectKey(TERMS.orderId, 'fetch_payments', inquiry.generation);
  const reason = 'timeout';
  return { type: 'effect.unanswered', id: key, key, source: 'effect', at: AT, attempts: 4, reason };
}

export function reached(
  deadline: 'expiry' | 'authorization' | 'poll' | 'settlement',
  at = TERMS.expiresAt,
): DomainEvent {
  return { type: 'deadline.reached', deadline, id: `${deadline}-${at}`, source: 'timer', at };
}
