/**
 * PaymentIntents: made, confirmed, declined, captured and canceled, by the account's owner and by its
 * customers. Everything is told in the order in which Stripe documents it.
 */
import { invalidParameter, refused } from './api-error.ts';
import { type Books, chargeOf, expectStatus, intentOf } from './books.ts';
import { checkAmount, checkMinimum } from './money.ts';
import { type Charge, type Intent, type Metadata, newId, seconds } from './objects.ts';

/** Most cards. */
const HELD_FOR_S = 7 * 24 * 3600;

const CANCELABLE = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

export function createPayments(books: Books) {
  const { intents, charges, tell } = books;

  function createIntent(asked: {
    amount: number;
    currency: string;
    metadata: Metadata;
    captureMethod: unknown;
    description?: string;
    receiptEmail?: string;
    shipping?: object;
  }): Intent {
    const { amount, currency, metadata, captureMethod } = asked;
    const { description = null, receiptEmail = null, shipping = null } = asked;
    if (captureMethod !== 'automatic_async' && captureMethod !== 'manual')
      throw invalidParameter('capture_method', 'Invalid capture_method');
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
      capture_method: captureMethod,
      client_secret: `${id}_secret_${newId('s')}`,
      created: seconds(),
      currency,
      description,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata,
      next_action: null,
      receipt_email: receiptEmail,
      shipping,
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
      payment_method_details: {
        card: more.captured ? {} : { capture_before: seconds() + HELD_FOR_S },
      },
    };
    charges.set(charge.id, charge);
    intent.latest_charge = charge.id;
    tell(more.paid ? 'charge.succeeded' : 'charge.failed', charge);
    return charge;
  }

  /** The customer confirms in the checkout, with a card that works. */
  function confirm(id: string): void {
    const intent = expectStatus(intentOf(books, id), 'requires_payment_method', 'processing');
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
    const intent = expectStatus(intentOf(books, id), 'requires_payment_method', 'processing');
    addCharge(intent, { captured: false, paid: false, status: 'failed' });
    intent.status = 'requires_payment_method';
    const error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' };
    intent.last_payment_error = { ...error, message: 'Your card was declined.' };
    tell('payment_intent.payment_failed', intent);
  }

  /** The customer pays by a debit that takes days. */
  function process(id: string): void {
    const intent = expectStatus(intentOf(books, id), 'requires_payment_method');
    intent.status = 'processing';
    intent.last_payment_error = null;
    tell('payment_intent.processing', intent);
  }

  /** The customer has been given something to pay by, such as a voucher; `expiresS` in Unix seconds. */
  function handOut(id: string, type: string, expiresS: number | null): void {
    const intent = expectStatus(intentOf(books, id), 'requires_payment_method');
    intent.status = 'requires_action';
    intent.last_payment_error = null;
    const expiry = expiresS === null ? {} : { expires_after: expiresS };
    intent.next_action = { type, [type]: { ...expiry, number: '1234' } };
    tell('payment_intent.requires_action', intent);
  }

  /** The debit has gone through, or the voucher has been paid at a till. */
  function settle(id: string): void {
    const intent = expectStatus(intentOf(books, id), 'processing', 'requires_action');
    intent.next_action = null;
    addCharge(intent, { captured: true, paid: true, status: 'succeeded' });
    succeed(intent, intent.amount);
  }

  /** Test data is deleted, or the keys are another account's: Stripe knows it no longer. */
  function lose(id: string): void {
    intents.delete(id);
  }

  /** The account's cards are captured by hand from now on, for this payment. */
  function captureByHand(id: string): void {
    intentOf(books, id).capture_method = 'manual';
  }

  function capture(id: string, amount?: number): Intent {
    const intent = expectStatus(intentOf(books, id), 'requires_capture');
    const taken = amount ?? intent.amount_capturable;
    if (taken > intent.amount_capturable)
      throw refused('amount_too_large', 'The amount is greater than what can be captured');
    const charge = chargeOf(books, intent);
    charge.captured = true;
    charge.amount_captured = taken;
    tell('charge.captured', charge);
    succeed(intent, taken);
    return intent;
  }

  function cancel(id: string, reason: string | null = null): Intent {
    const intent = expectStatus(intentOf(books, id), ...CANCELABLE);
    intent.status = 'canceled';
    intent.amount_capturable = 0;
    intent.canceled_at = seconds();
    intent.cancellation_reason = reason;
    tell('payment_intent.canceled', intent);
    return intent;
  }

  return {
    createIntent,
    confirm,
    decline,
    process,
    handOut,
    settle,
    lose,
    captureByHand,
    capture,
    cancel,
  };
}
