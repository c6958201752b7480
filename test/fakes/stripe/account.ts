/**
 * One account at Stripe: what it holds and how that changes, by its owner's calls and by what customers
 * and banks do. Every change that Stripe tells of is told, in the order in which Stripe documents it.
 */
import { type ApiError, invalidParameter, missing, refused } from './api-error.ts';
import { checkAmount, checkMinimum } from './money.ts';
import {
  type Charge,
  type Dispute,
  type Intent,
  type Metadata,
  newId,
  type Refund,
  seconds,
} from './objects.ts';

export type Tell = (type: string, object: object) => void;
export type Account = ReturnType<typeof createAccount>;

const CANCELABLE: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
]);

export function createAccount(tell: Tell) {
  const intents = new Map<string, Intent>();
  const charges = new Map<string, Charge>();
  const refunds = new Map<string, Refund>();
  const disputes = new Map<string, Dispute>();

  const intentOf = (id: string): Intent => found(intents, 'payment_intent', id);
  const chargeOf = ({ latest_charge: id }: Intent): Charge => found(charges, 'charge', String(id));

  function createIntent(amount: number, currency: string, metadata: Metadata): Intent {
    checkAmount(amount, currency);
    checkMinimum(amount, currency);
    const id = newId('pi');
    const intent: Intent = {
      id,
      object: 'payment_intent',
      amount,
      amount_capturable: 0,
      amount_received: 0,
      canceled_at: null,
      cancellation_reason: null,
      capture_method: 'automatic_async',
      client_secret: `${id}_secret_${newId('s')}`,
      created: seconds(),
      currency,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata,
      status: 'requires_payment_method',
    };
    intents.set(id, intent);
    tell('payment_intent.created', intent);
    return intent;
  }

  function addCharge(intent: Intent, more: Pick<Charge, 'captured' | 'paid' | 'status'>): Charge {
    const { id: payment_intent, amount, currency, livemode, metadata } = intent;
    const common = { payment_intent, amount, currency, livemode, metadata };
    const sums = { amount_captured: more.captured ? amount : 0, amount_refunded: 0 };
    const flags = { disputed: false, refunded: false };
    const charge: Charge = {
      id: newId('ch'),
      object: 'charge',
      ...common,
      ...sums,
      ...flags,
      ...more,
    };
    charges.set(charge.id, charge);
    intent.latest_charge = charge.id;
    tell(more.paid ? 'charge.succeeded' : 'charge.failed', charge);
    return charge;
  }

  /** The customer confirms in the checkout, with a card that works. */
  function confirm(id: string): void {
    const intent = expectStatus(intentOf(id), 'requires_payment_method', 'processing');
    const isManual = intent.capture_method === 'manual';
    intent.last_payment_error = null;
    addCharge(intent, { captured: !isManual, paid: true, status: 'succeeded' });
    if (isManual) {
      intent.status = 'requires_capture';
      intent.amount_capturable = intent.amount;
      return tell('payment_intent.amount_capturable_updated', intent);
    }
    return succeed(intent, intent.amount);
  }

  function succeed(intent: Intent, amount: number): void {
    intent.status = 'succeeded';
    intent.amount_capturable = 0;
    intent.amount_received = amount;
    tell('payment_intent.succeeded', intent);
  }

  /** The customer confirms, and the bank says no. */
  function decline(id: string): void {
    const intent = expectStatus(intentOf(id), 'requires_payment_method', 'processing');
    addCharge(intent, { captured: false, paid: false, status: 'failed' });
    intent.status = 'requires_payment_method';
    const error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' };
    intent.last_payment_error = { ...error, message: 'Your card was declined.' };
    tell('payment_intent.payment_failed', intent);
  }

  /** The customer pays by a debit that takes days. */
  function process(id: string): void {
    const intent = expectStatus(intentOf(id), 'requires_payment_method');
    intent.status = 'processing';
    tell('payment_intent.processing', intent);
  }

  /** The account's cards are captured by hand from now on, for this payment. */
  function captureByHand(id: string): void {
    intentOf(id).capture_method = 'manual';
  }

  function capture(id: string, amount?: number): Intent {
    const intent = expectStatus(intentOf(id), 'requires_capture');
    const taken = amount ?? intent.amount_capturable;
    if (taken > intent.amount_capturable)
      throw refused('amount_too_large', 'The amount is greater than what can be captured');
    const charge = chargeOf(intent);
    charge.captured = true;
    charge.amount_captured = taken;
    tell('charge.captured', charge);
    succeed(intent, taken);
    return intent;
  }

  function cancel(id: string, reason: string | null = null): Intent {
    const intent = intentOf(id);
    if (!CANCELABLE.has(intent.status)) throw unexpectedState(intent);
    intent.status = 'canceled';
    intent.amount_capturable = 0;
    intent.canceled_at = seconds();
    intent.cancellation_reason = reason;
    tell('payment_intent.canceled', intent);
    return intent;
  }

  function refund(id: string, amount: number | undefined, metadata: Metadata): Refund {
    const intent = intentOf(id);
    if (intent.status !== 'succeeded')
      throw refused('charge_not_captured', `${id} has no captured charge to refund`);
    const charge = chargeOf(intent);
    if (charge.disputed) throw refused('charge_disputed', `${charge.id} is disputed`);
    const left = charge.amount_captured - charge.amount_refunded;
    if (left === 0) throw refused('charge_already_refunded', `${charge.id} was refunded`);
    const taken = amount ?? left;
    checkAmount(taken, intent.currency);
    if (taken > left) throw invalidParameter('amount', 'Greater than the unrefunded amount');
    return addRefund(intent, charge, { amount: taken, metadata });
  }

  function addRefund(
    intent: Intent,
    charge: Charge,
    more: Pick<Refund, 'amount' | 'metadata'>,
  ): Refund {
    const refund: Refund = {
      id: newId('re'),
      object: 'refund',
      charge: charge.id,
      created: seconds(),
      currency: intent.currency,
      payment_intent: intent.id,
      reason: null,
      status: 'succeeded',
      ...more,
    };
    refunds.set(refund.id, refund);
    charge.amount_refunded += more.amount;
    charge.refunded = charge.amount_refunded === charge.amount_captured;
    tell('refund.created', refund);
    tell('charge.refunded', charge);
    return refund;
  }

  /** The customer's bank does not take the money; it is the account's again. */
  function failRefund(id: string): void {
    const refund = found(refunds, 'refund', id);
    refund.status = 'failed';
    const charge = found(charges, 'charge', refund.charge);
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    tell('refund.failed', refund);
  }

  function dispute(id: string, status = 'needs_response'): Dispute {
    const intent = expectStatus(intentOf(id), 'succeeded');
    const charge = chargeOf(intent);
    charge.disputed = true;
    const { currency, livemode } = intent;
    const dispute: Dispute = {
      id: newId('dp'),
      object: 'dispute',
      amount: charge.amount_captured,
      charge: charge.id,
      created: seconds(),
      currency,
      livemode,
      metadata: {},
      payment_intent: id,
      reason: 'fraudulent',
      status,
    };
    disputes.set(dispute.id, dispute);
    tell('charge.dispute.created', dispute);
    return dispute;
  }

  function closeDispute(id: string, status: 'won' | 'lost' | 'warning_closed'): void {
    const dispute = found(disputes, 'dispute', id);
    dispute.status = status;
    if (status !== 'lost') found(charges, 'charge', dispute.charge).disputed = false;
    tell('charge.dispute.closed', dispute);
  }

  const byIntent = <T extends { payment_intent: string }>(kept: Map<string, T>, id: string): T[] =>
    [...kept.values()].filter((object) => object.payment_intent === id).reverse();

  return {
    createIntent,
    intentOf,
    intents: () => [...intents.values()],
    capture,
    cancel,
    refund,
    refundsOf: (id: string) => byIntent(refunds, id),
    disputesOf: (id: string) => byIntent(disputes, id),
    confirm,
    decline,
    process,
    captureByHand,
    failRefund,
    dispute,
    closeDispute,
  };
}

function found<T>(kept: Map<string, T>, what: string, id: string): T {
  const object = kept.get(id);
  if (object === undefined) throw missing(what, id);
  return object;
}

function expectStatus(intent: Intent, ...statuses: string[]): Intent {
  if (!statuses.includes(intent.status)) throw unexpectedState(intent);
  return intent;
}

function unexpectedState(intent: Intent): ApiError {
  const message = `This PaymentIntent's status is ${intent.status}`;
  return refused('payment_intent_unexpected_state', message, { payment_intent: intent });
}
