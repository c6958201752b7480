/** What banks and operators do at last: nothing stays undecided. */
import { openReviews } from '../../src/domain/sums.ts';
import { DAY_MS } from './agenda.ts';
import type { Dice } from './dice.ts';
import type { GatewayTruth } from './gateway-truth.ts';
import { type Scene, type Stage, send } from './stage.ts';

/** A decision may open the next review; so many days are enough for any chain of them. */
const ROUNDS = 8;
/** From this round on people take the decision that ends a matter. */
const LAST_WORDS = 2;

/** Once a day, from tomorrow. */
export function tidyLater(stage: Stage, dice: Dice, round = 0): void {
  if (round === ROUNDS) return;
  stage.world.agenda.after(DAY_MS, () => {
    settleAtGateway(stage.truth, dice);
    decideAll({ ...stage, dice, nth: round });
    tidyLater(stage, dice, round + 1);
  });
}

function settleAtGateway(truth: GatewayTruth, dice: Dice): void {
  for (const payment of truth.payments) {
    for (const refund of payment.refunds)
      if (refund.status === 'pending')
        truth.settleRefund(payment, refund, dice.chance(0.8) ? 'succeeded' : 'failed');
    for (const { disputeId, status } of payment.disputes)
      if (status === 'opened') truth.dispute(payment, disputeId, dice.pick(['won', 'lost']));
    if (payment.status === 'pending' || payment.status === 'authorized')
      truth.move(payment, 'failed');
  }
}

function decideAll(scene: Scene): void {
  const { run, dice, nth } = scene;
  const ledger = run.ledger();
  for (const { id, version, reason } of openReviews(ledger)) {
    const ending = reason === 'key_expired' ? 'approve' : 'reject';
    const decision = nth < LAST_WORDS ? dice.pick(['approve', 'reject']) : ending;
    const command = { reviewId: id, decision, version, note: 'done' };
    send(scene, 'review', { id: `last-${nth}-${id}`, ...command });
  }
  for (const { command, status } of Object.values(ledger.effects))
    if (status === 'failed')
      send(scene, 'retry', { id: `last-${nth}-${command.key}`, key: command.key });
}
