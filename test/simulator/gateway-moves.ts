/** What customers, banks and the gateway's own users do there, and what happens to our machines. */
import type { Dice } from './dice.ts';
import {
  type GatewayTruth,
  heldMinor,
  isOpen,
  leftMinor,
  type TruePayment,
} from './gateway-truth.ts';
import type { Move, Scene } from './stage.ts';
import { ORDER_AMOUNT_MINOR } from './world.ts';

function onPayment(picks: (payment: TruePayment) => boolean, act: PaymentMove): Move {
  return (scene) => {
    const found = scene.truth.payments.filter(picks);
    if (found.length > 0) act(scene, scene.dice.pick(found));
  };
}

type PaymentMove = (scene: Scene, payment: TruePayment) => void;

const isEnded = ({ status }: TruePayment): boolean =>
  status === 'failed' || status === 'expired' || status === 'voided';
const isCaptured = ({ status }: TruePayment): boolean => status === 'captured';
const isUnpaid = (payment: TruePayment): boolean => !isCaptured(payment);

export const GATEWAY_MOVES: Record<string, Move> = {
  pend: onPayment(
    ({ status }) => status === 'created',
    ({ truth }, payment) => truth.move(payment, 'pending'),
  ),
  authorize: onPayment(
    (payment) => isUnpaid(payment) && payment.status !== 'authorized',
    ({ truth }, payment) => truth.move(payment, 'authorized'),
  ),
  end: onPayment(isOpen, ({ truth, dice }, payment) =>
    truth.move(payment, dice.pick(['failed', 'failed', 'expired', 'voided'] as const)),
  ),
  /** Also late, after it failed or was voided. */
  captureWhole: onPayment(isUnpaid, ({ truth }, payment) =>
    truth.capture(payment, payment.amountMinor),
  ),
  capturePart: onPayment(
    (payment) => isOpen(payment) || isCaptured(payment),
    ({ truth, dice }, payment) => truth.capture(payment, dice.pick([20, 40, 60, 130])),
  ),
  revive: onPayment(isEnded, ({ truth, dice }, payment) => {
    if (dice.chance(0.5)) truth.move(payment, 'authorized');
    else truth.capture(payment, payment.amountMinor);
  }),
  reverse: onPayment(isCaptured, ({ truth, dice }, payment) =>
    truth.reverse(payment, dice.pick(payment.captures).captureId),
  ),
  refundElsewhere: onPayment(
    (payment) => leftMinor(payment) > 0,
    ({ truth, dice }, payment) => {
      const amountMinor = Math.min(leftMinor(payment), dice.pick([10, 40, ORDER_AMOUNT_MINOR]));
      truth.refund(payment, amountMinor, dice.pick(['pending', 'succeeded']));
    },
  ),
  settleRefund: onPayment(
    ({ refunds }) => refunds.length > 0,
    ({ truth, dice }, payment) => {
      const refund = dice.pick(payment.refunds);
      if (refund.status === 'pending')
        truth.settleRefund(payment, refund, dice.pick(['succeeded', 'failed']));
      else if (refund.status === 'succeeded')
        truth.settleRefund(payment, refund, dice.pick(['failed', 'reversed']));
    },
  ),
  dispute: onPayment(
    (payment) => heldMinor(payment) > 0,
    ({ truth, dice }, payment) => {
      const status = dice.pick(['inquiry', 'opened', 'opened', 'lost'] as const);
      if (payment.disputes.length === 0) truth.dispute(payment, 'new', status);
      else decideDispute(truth, payment, dice);
    },
  ),
  beginElsewhere({ truth, dice, world }) {
    const orderId = dice.pick([world.terms.orderId, world.terms.orderId, 'ord_2']);
    const currency = dice.pick(['INR', 'INR', 'USD']);
    const amountMinor = dice.pick([40, ORDER_AMOUNT_MINOR, ORDER_AMOUNT_MINOR]);
    const terms = { orderId, amountMinor, currency, key: null };
    begin(truth, truth.open({ ...terms, installation: 'ours' }), dice);
  },
  /** A staging copy of the shop, or other software, names the same order. */
  beginForeign({ truth, dice, world }) {
    const { orderId, currency } = world.terms;
    const terms = {
      orderId,
      amountMinor: dice.pick([40, ORDER_AMOUNT_MINOR]),
      currency,
      key: null,
    };
    begin(truth, truth.open({ ...terms, installation: dice.pick(['other', 'none']) }), dice);
  },
  /** Another try at the same payment, by a debit that takes days. */
  debitAfterFailing: onPayment(
    ({ status }) => status === 'failed',
    ({ truth }, payment) => truth.move(payment, 'pending'),
  ),
  forget: onPayment(
    ({ status, captures, refunds }) =>
      status !== 'captured' && captures.length === 0 && refunds.length === 0,
    ({ truth }, payment) => truth.forget(payment),
  ),
  crash: ({ run }) => run.doom(),
  continueAsNew: ({ run }) => run.suggestContinuing(),
};

function begin(truth: GatewayTruth, payment: TruePayment, dice: Dice): void {
  if (dice.chance(0.5)) truth.capture(payment, payment.amountMinor);
  else truth.move(payment, dice.pick(['pending', 'authorized']));
}

/** A dispute is decided once, and seldom the other way again by arbitration. */
function decideDispute(truth: GatewayTruth, payment: TruePayment, dice: Dice): void {
  const { disputeId, status } = dice.pick(payment.disputes);
  if (status === 'inquiry') truth.dispute(payment, disputeId, 'opened');
  else if (status === 'opened') truth.dispute(payment, disputeId, dice.pick(['won', 'lost']));
  else if (dice.chance(0.2)) truth.dispute(payment, disputeId, status === 'won' ? 'lost' : 'won');
}
