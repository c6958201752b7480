/** States: versions rise, one state follows from the one before, and what is over stays over. */
import type { OrderState } from '../../src/domain/order.ts';
import type { Violation } from '../evidence.ts';
import { groupBy, type Invariant, type OrderRow, type Remains, wrong } from './remains.ts';

const MOVES = `
  select order_id as "orderId", version, from_state as "from", to_state as "to"
  from order_state_log order by order_id, revision`;

/** An outcome that changes something has a version of its own. */
const FALLING = `
  select order_id as "orderId", seq || ' has version ' || version || ' after ' || before as detail
  from (
    select order_id, seq, version, outcome,
           lag(version, 1, 0) over (partition by order_id order by seq) as before
    from order_events
  ) numbered
  where version < before or (outcome in ('applied', 'review') and version = before)
  union all
  select order_id, max(order_events.version) || ' is later than the order itself'
  from order_events join orders on id = order_id
  group by order_id, orders.version having max(order_events.version) > orders.version`;

interface Move {
  orderId: string;
  version: number;
  from: OrderState;
  to: OrderState;
}

export const risingStates: Invariant = {
  name: 'I8 states and versions only move forward',
  check: async ({ evidence: { database }, orders }: Remains) => {
    const falling = await database.query<{ orderId: string; detail: string }>(FALLING);
    const moves = groupBy((await database.query<Move>(MOVES)).rows, ({ orderId }) => orderId);
    return [
      ...falling.rows.map(({ orderId, detail }) => wrong(orderId, `outcome ${detail}`)),
      ...[...orders.values()].flatMap((order) => wrongMoves(order, moves.get(order.id) ?? [])),
    ];
  },
};

function wrongMoves(order: OrderRow, moves: readonly Move[]): Violation[] {
  const found: Violation[] = [];
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
function isAllowed({ view: { reviews } }: OrderRow, { from, to }: Move): boolean {
  if (to === 'initiated') return false;
  if (from === 'cancelled' || from === 'refunded')
    return reviews.some(({ status }) => status === 'approved');
  if (from !== 'paid' || to === 'refunded') return true;
  return reviews.some(({ reason }) => reason === 'capture_reversed');
}
