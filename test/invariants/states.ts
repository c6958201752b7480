/** States: versions rise, one state follows from the one before, and what is over stays over. */
import type { OrderState } from '../../src/domain/order.ts';
import {
  type Finding,
  type Invariant,
  type OrderEvidence,
  type RecordedOrder,
  wrong,
} from './evidence.ts';

type Move = OrderEvidence['moves'][number];

export const risingStates: Invariant = {
  name: 'I8 states and versions only move forward',
  check: ({ order, moves, outcomes }) =>
    order === null ? [] : [...fallingVersions(order, outcomes), ...wrongMoves(order, moves)],
};

/** An outcome that changes something has a version of its own. */
function fallingVersions(
  { id, version: last }: RecordedOrder,
  outcomes: OrderEvidence['outcomes'],
): Finding[] {
  const found: Finding[] = [];
  let before = 0;
  for (const { seq, version, outcome } of outcomes) {
    const isChange = outcome === 'applied' || outcome === 'review';
    if (version < before || (isChange && version === before))
      found.push(wrong(id, `outcome ${seq} has version ${version} after ${before}`));
    before = version;
  }
  const highest = Math.max(0, ...outcomes.map(({ version }) => version));
  if (highest > last) found.push(wrong(id, `outcome ${highest} is later than the order itself`));
  return found;
}

function wrongMoves(order: RecordedOrder, moves: readonly Move[]): Finding[] {
  const found: Finding[] = [];
  let state: OrderState = 'initiated';
  let version = 0;
  for (const move of moves) {
    const name = `${move.from} → ${move.to}`;
    if (move.from !== state) found.push(wrong(order.id, `${name} after it was ${state}`));
    if (move.version <= version) found.push(wrong(order.id, `${name} without a new version`));
    if (!isAllowed(order, move)) found.push(wrong(order.id, `${name}, and nobody allowed it`));
    ({ to: state, version } = move);
  }
  if (state === order.state) return found;
  return [...found, wrong(order.id, `is ${order.state}, and was last seen to become ${state}`)];
}

/** Steps that were taken together are one move here, so only what leaves a state that holds is judged. */
function isAllowed({ view: { payments, reviews } }: RecordedOrder, { from, to }: Move): boolean {
  // An order that was never clicked to pay has only payments that began at the gateway; an expired one may get more time.
  if (to === 'initiated')
    return from === 'failed' || payments.every(({ attempt }) => attempt === null);
  if (from === 'cancelled' || from === 'refunded')
    return reviews.some(({ status }) => status === 'approved');
  if (from !== 'paid' || to === 'refunded') return true;
  return reviews.some(({ reason }) => reason === 'capture_reversed');
}
