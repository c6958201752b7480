/**
 * What people do: cash over the counter, a transfer back, more time to pay, the capture or the end of what is
 * authorized, access against what the
 * order would do, and messages once more.
 */
import { outstandingMinor } from '../../src/domain/sums.ts';
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
  captureByHand(scene) {
    const { dice, nth } = scene;
    const requestKey = dice.pick(['cap_1', 'cap_1', 'cap_2', 'cap_3']);
    const amountMinor = dice.pick([undefined, undefined, 20, 40, ORDER_AMOUNT_MINOR, 130]);
    const id = `capture-${nth}`;
    send(scene, 'capture', { id, requestKey, ...(amountMinor && { amountMinor }) });
  },
  writeOff(scene) {
    const { dice, run, nth } = scene;
    const amountMinor = dice.pick([outstandingMinor(run.ledger()), 10, 40]);
    if (amountMinor === 0) return;
    send(scene, 'write_off', {
      id: `write_off-${nth}`,
      amountMinor,
      limitMinor: dice.pick([50, 90]),
    });
  },
  decideAccess(scene) {
    const action = scene.dice.pick(['grant', 'revoke']);
    send(scene, 'access', { id: `access-${scene.nth}`, action, note: 'asked for' });
  },
  resend(scene) {
    const keys = Object.keys(scene.run.ledger().effects);
    send(scene, 'resend', { id: `resend-${scene.nth}`, key: scene.dice.pick(['none', ...keys]) });
  },
  voidByHand(scene) {
    send(scene, 'void', { id: `void-${scene.nth}` });
  },
  extend(scene) {
    const { expiresAt } = scene.run.ledger();
    const more = scene.dice.pick([-1, 0, 1, 24]);
    send(scene, 'extend', { id: `extend-${scene.nth}`, expiresAt: expiresAt + more * HOUR_MS });
  },
};
