/** What people do without the gateway: cash over the counter, a transfer back, more time to pay. */
import { type Move, type Scene, send } from './stage.ts';
import { ORDER_AMOUNT_MINOR } from './world.ts';

const AMOUNTS = [10, 40, 60, ORDER_AMOUNT_MINOR];
const HOUR_MS = 3_600_000;

/** A reference is used again, with its own amount and with another one. */
function money({ dice }: Scene) {
  const reference = dice.pick(['one', 'one', 'two', 'three']);
  return { reference, method: 'cash', amountMinor: dice.pick(AMOUNTS), on: '2026-01-26' };
}

export const HAND_MOVES: Record<string, Move> = {
  receiveByHand(scene) {
    const received = money(scene);
    send(scene, 'manual_payment', { id: `manual_payment-${scene.nth}`, ...received });
  },
  returnByHand(scene) {
    const ids = Object.keys(scene.run.ledger().payments);
    const paymentId = scene.dice.pick([undefined, undefined, 'pay_unheard_of', ...ids]);
    const payment = paymentId === undefined ? {} : { paymentId };
    send(scene, 'manual_refund', { id: `manual_refund-${scene.nth}`, ...money(scene), ...payment });
  },
  extend(scene) {
    const { expiresAt } = scene.run.ledger();
    const more = scene.dice.pick([-1, 0, 1, 24]);
    send(scene, 'extend', { id: `extend-${scene.nth}`, expiresAt: expiresAt + more * HOUR_MS });
  },
};
