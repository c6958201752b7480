/** Razorpay's published descriptions, and what they mean for an order. */
import assert from 'node:assert/strict';
import { GatewayOutcomeUnknown, GatewayRefusal } from '../../../src/gateways/gateway.ts';
import { errorOf } from '../../../src/gateways/razorpay/errors.ts';

function answered(description: string): GatewayRefusal | GatewayOutcomeUnknown {
  return errorOf(400, { error: { code: 'BAD_REQUEST_ERROR', description, reason: null } });
}

/** razorpay.com/docs/api/refunds and /docs/payments/refunds/errors, as of 2026-11. */
const REFUNDS: readonly [description: string, code: string, isOutdated: boolean][] = [
  ['The payment has been fully refunded already.', 'payment_fully_refunded', true],
  ['Refund has already been processed.', 'payment_fully_refunded', true],
  ['The refund amount provided is greater than amount captured.', 'refund_exceeds_captured', true],
  [
    'The total refund amount is greater than the refund payment amount',
    'refund_exceeds_captured',
    true,
  ],
  ['The payment status should be captured for action to be taken.', 'payment_not_captured', true],
  [
    'Your account does not have enough balance to carry out the refund operation.',
    'balance_insufficient',
    false,
  ],
  [
    'Refund is not supported by the bank because the payment is more than 6 months old',
    'payment_too_old',
    false,
  ],
  ['Payment is more than 6 months old, only instant refund is supported', 'payment_too_old', false],
  [
    'The refund on this payment is blocked due to ongoing dispute investigation.',
    'refund_disputed_payment',
    true,
  ],
  ['Refund is currently not supported for this payment method.', 'refund_unsupported', false],
  [
    'Partial refund is currently not supported for this payment method.',
    'partial_refund_unsupported',
    false,
  ],
  ['Refunds cannot be created on your account.', 'refunds_disabled', false],
  ['Refunds cannot be created on your account for card payments.', 'refunds_disabled', false],
];

describe('a refund that Razorpay refuses', () => {
  for (const [description, code, isOutdated] of REFUNDS)
    it(`is ${code} where it says: ${description}`, () => {
      const error = answered(description);
      assert.ok(error instanceof GatewayRefusal);
      assert.deepEqual([error.code, error.isOutdated], [code, isOutdated]);
    });

  for (const description of [
    'Request failed because another payment operation is in progress.',
    'Duplicate receipt found for this refund request.',
  ])
    it(`is asked for again where it says: ${description}`, () => {
      assert.ok(answered(description) instanceof GatewayOutcomeUnknown);
    });
});
