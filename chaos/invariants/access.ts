/** Access: one entitlement for an order that is paid, none for any other. */
import { type Invariant, type Remains, wrong } from './remains.ts';

/** Money that was taken back leaves the access to a person, who is told by a review. */
const COUNTED = `
  select coalesce(o.id, e.order_id) as "orderId", o.state,
         count(e.order_id) filter (where e.granted_at is not null and e.revoked_at is null)::int
           as active,
         exists (
           select from json_array_elements(o.view -> 'reviews') as review
           where review ->> 'reason' = 'capture_reversed'
             and review ->> 'status' in ('open', 'rejected')
         ) as "isReported"
  from orders o full join entitlements e on e.order_id = o.id
  group by o.id, e.order_id`;

const MAY_KEEP_ACCESS = ['partially_paid', 'pending', 'failed'];

interface Counted {
  orderId: string;
  /** Null where there is no such order. */
  state: string | null;
  active: number;
  isReported: boolean;
}

export const oneEntitlement: Invariant = {
  name: 'I1 one entitlement for a paid order, none otherwise',
  async check({ evidence: { database } }: Remains) {
    const { rows } = await database.query<Counted>(COUNTED);
    return rows
      .filter((row) => !isRight(row))
      .map(({ orderId, state, active }) =>
        wrong(orderId, `${state ?? 'no such order'}, with ${active} entitlements`),
      );
  },
};

function isRight({ state, active, isReported }: Counted): boolean {
  if (state === null) return false;
  if (active === Number(state === 'paid')) return true;
  return active === 1 && isReported && MAY_KEEP_ACCESS.includes(state);
}
