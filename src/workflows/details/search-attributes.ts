/** What operators filter orders by in the Temporal UI. No personal data: none of it is encrypted. */
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  type SearchAttributeUpdatePair,
  type TypedSearchAttributes,
} from '@temporalio/common';
import type { Ledger } from '../../domain/ledger.ts';
import { openReviews, stateOf } from '../../domain/sums.ts';
import { needsPerson, viewOf } from '../../domain/view.ts';

export const PAYMENT_STATE = defineSearchAttributeKey('PaymentState', 'KEYWORD');
export const PAYMENT_GATEWAY = defineSearchAttributeKey('PaymentGateway', 'KEYWORD');
export const NEEDS_REVIEW = defineSearchAttributeKey('NeedsReview', 'BOOL');
export const REVIEW_REASON = defineSearchAttributeKey('ReviewReason', 'KEYWORD');
export const CUSTOMER_ID = defineSearchAttributeKey('CustomerId', 'KEYWORD');
export const CURRENCY = defineSearchAttributeKey('Currency', 'KEYWORD');
export const AMOUNT_MINOR = defineSearchAttributeKey('AmountMinor', 'INT');

/** What an order is found by from its start on; some of it never changes. */
export function startingAttributes(ledger: Ledger): SearchAttributePair[] {
  const { terms } = ledger;
  const [review] = openReviews(ledger);
  const starting: SearchAttributePair[] = [
    { key: PAYMENT_GATEWAY, value: terms.gateway },
    { key: CUSTOMER_ID, value: terms.customerId },
    { key: CURRENCY, value: terms.currency },
    { key: AMOUNT_MINOR, value: terms.amountMinor },
    { key: PAYMENT_STATE, value: stateOf(ledger) },
    { key: NEEDS_REVIEW, value: needsPerson(viewOf(ledger)) },
  ];
  if (review !== undefined) starting.push({ key: REVIEW_REASON, value: review.reason });
  return starting;
}

/** What follows the order and is not shown yet. */
export function changedAttributes(
  shown: TypedSearchAttributes,
  ledger: Ledger,
): SearchAttributeUpdatePair[] {
  const isPassing = shown.get(PAYMENT_STATE) === 'initiated' && isJustPending(ledger);
  return movingAttributes(ledger).filter(
    ({ key, value }) => (shown.get(key) ?? null) !== value && !(isPassing && key === PAYMENT_STATE),
  );
}

/**
 * Most orders are paid before the gateway is asked for the first time. Operators look for those that stay
 * pending, and each update is paid for.
 */
function isJustPending(ledger: Ledger): boolean {
  return stateOf(ledger) === 'pending' && ledger.poll?.index === 0;
}

function movingAttributes(ledger: Ledger): SearchAttributeUpdatePair[] {
  const [review] = openReviews(ledger);
  return [
    { key: PAYMENT_STATE, value: stateOf(ledger) },
    { key: NEEDS_REVIEW, value: needsPerson(viewOf(ledger)) },
    { key: REVIEW_REASON, value: review?.reason ?? null },
  ];
}
