/** What clients and operators do at the API: the right thing, the wrong thing, and the same thing again. */
import { type Move, type Scene, send } from './stage.ts';
import { ORDER_AMOUNT_MINOR } from './world.ts';

/** A few ids are used again: clients repeat themselves. */
function idFor({ dice, nth }: Scene, signal: string): string {
  return `${signal}-${dice.chance(0.2) ? 'again' : nth}`;
}

export const API_MOVES: Record<string, Move> = {
  pay: (scene) => send(scene, 'pay', { id: idFor(scene, 'pay') }),
  verify(scene) {
    const ids = scene.truth.payments.map(({ paymentId }) => paymentId);
    const paymentId = scene.dice.pick([undefined, undefined, 'pay_unheard_of', ...ids]);
    send(scene, 'verify', { id: idFor(scene, 'verify'), ...(paymentId && { paymentId }) });
  },
  sync: (scene) => send(scene, 'sync', { id: idFor(scene, 'sync') }),
  /** An operator says that a payment of another installation is for this order after all. */
  attach(scene) {
    const foreign = scene.truth.payments.filter(({ installation }) => installation !== 'ours');
    const paymentId = scene.dice.pick(['pay_unheard_of', ...foreign.map((one) => one.paymentId)]);
    send(scene, 'attach', { id: idFor(scene, 'attach'), paymentId });
  },
  cancel: (scene) => send(scene, 'cancel', { id: idFor(scene, 'cancel') }),
  refund(scene) {
    const { dice } = scene;
    const requestKey = dice.pick(['key_1', 'key_1', 'key_2', 'key_3']);
    const amountMinor = dice.pick([undefined, 10, 40, 60, ORDER_AMOUNT_MINOR]);
    const id = idFor(scene, 'refund');
    send(scene, 'refund', { id, requestKey, ...(amountMinor && { amountMinor }) });
  },
  review(scene) {
    const { dice, run } = scene;
    const { reviews } = run.ledger();
    if (reviews.length === 0) return;
    const review = dice.pick(reviews);
    const version = review.version - (dice.chance(0.2) ? 1 : 0);
    const decision = dice.pick(['approve', 'reject']);
    const id = idFor(scene, 'review');
    send(scene, 'review', { id, reviewId: review.id, decision, version, note: 'seen' });
  },
  retry(scene) {
    const keys = Object.keys(scene.run.ledger().effects);
    send(scene, 'retry', { id: idFor(scene, 'retry'), key: scene.dice.pick(['none', ...keys]) });
  },
  nonsense(scene) {
    const { dice } = scene;
    const signal = dice.pick(['webhook', 'refund', 'review', 'unheard_of']);
    send(
      scene,
      signal,
      dice.pick([{}, { id: `odd-${scene.nth}`, fact: { type: 'payment.captured' } }]),
    );
  },
};
