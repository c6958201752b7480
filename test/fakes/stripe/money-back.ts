/** Money on its way back: refunds by the account's owner, disputes by its customers' banks. */
import { invalidParameter, refused } from './api-error.ts';
import { type Books, chargeOf, expectStatus, found, intentOf } from './books.ts';
import { checkAmount } from './money.ts';
import {
  type Charge,
  type Dispute,
  type Intent,
  type Metadata,
  newId,
  type Refund,
  seconds,
} from './objects.ts';

/** As Stripe answers it: a balance that is too low has no code. */
export interface Unrefundable {
  code?: string;
  message: string;
}

/** As long as banks leave a shop at least. */
const WEEK_S = 7 * 24 * 60 * 60;

export function createMoneyBack(books: Books) {
  const { charges, refunds, disputes, tell } = books;
  const unrefundable = new Map<string, Unrefundable>();

  function refund(
    id: string,
    amount: number | undefined,
    metadata: Metadata,
    status = 'succeeded',
  ): Refund {
    const intent = intentOf(books, id);
    if (intent.status !== 'succeeded')
      throw refused('charge_not_captured', `${id} has no captured charge to refund`);
    const charge = chargeOf(books, intent);
    if (charge.disputed) throw refused('charge_disputed', `${charge.id} is disputed`);
    const why = unrefundable.get(id);
    if (why !== undefined) throw refused(why.code, why.message);
    const left = charge.amount_captured - charge.amount_refunded;
    if (left === 0) throw refused('charge_already_refunded', `${charge.id} was refunded`);
    const taken = amount ?? left;
    checkAmount(taken, intent.currency);
    if (taken > left)
      throw invalidParameter('amount', 'Refund amount is greater than unrefunded amount on charge');
    return addRefund(intent, charge, { amount: taken, metadata, status });
  }

  /** Until null is given, a refund of this payment is refused. */
  function refuseRefunds(id: string, why: Unrefundable | null): void {
    if (why === null) unrefundable.delete(id);
    else unrefundable.set(id, why);
  }

  function addRefund(
    intent: Intent,
    charge: Charge,
    more: Pick<Refund, 'amount' | 'metadata' | 'status'>,
  ): Refund {
    const refund: Refund = {
      id: newId('re'),
      object: 'refund',
      charge: charge.id,
      created: seconds(),
      currency: intent.currency,
      payment_intent: intent.id,
      reason: null,
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

  /** A bank that takes days has taken the money. */
  function completeRefund(id: string): void {
    const refund = found(refunds, 'refund', id);
    refund.status = 'succeeded';
    tell('refund.updated', refund);
  }

  function dispute(id: string, status = 'needs_response'): Dispute {
    const intent = expectStatus(intentOf(books, id), 'succeeded');
    const charge = chargeOf(books, intent);
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
      evidence_details: { due_by: seconds() + WEEK_S },
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

  return { refund, refuseRefunds, completeRefund, failRefund, dispute, closeDispute };
}
