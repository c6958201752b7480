/** What gateways report otherwise than the books have it, in words for whoever decides it. */
import type { components } from '../../src/client/index.ts';

type Difference = components['schemas']['SettlementDifference'];

export const KIND_WORDS: Readonly<Record<Difference['kind'], string>> = {
  foreign_payment: 'Money that no order knows',
  foreign_refund: 'A refund that no order knows',
  foreign_dispute: 'A dispute that no order knows',
  capture_missing: 'The gateway captured, and the order does not know',
  refund_missing: 'The gateway refunded, and the order does not know',
  dispute_missing: 'The gateway has a dispute that the order does not know',
  capture_amount: 'Another amount was captured than the order has',
  refund_amount: 'Another amount was refunded than the order has',
  dispute_amount: 'Another amount is disputed than the order has',
  capture_unreported: 'A capture of the order that no report shows',
  refund_unreported: 'A refund of the order that no report shows',
  fee: 'Another fee was taken than was agreed',
  fee_tax: 'Another tax on the fee was taken than was agreed',
  payout: 'A payout that is not what its lines add up to',
};

export const PROPOSAL_WORDS: Readonly<Record<Difference['proposal'], string>> = {
  attach: 'Attach it, where it is the payment of the order that it names.',
  keep_foreign: 'Accept it, where it is money of another shop.',
  sync: 'The order was asked to sync; what stays is for a person to look up at the gateway.',
  compare: 'Look it up at the gateway; then accept it, or write it off.',
  complete: 'Import the report that has the missing lines.',
};
