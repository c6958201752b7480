/** Outcomes: numbered without gaps, and of every event of a gateway at most one that changes something. */
import { type Finding, groupBy, type Invariant, type OrderEvidence, wrong } from './evidence.ts';

export const appliedOnce: Invariant = {
  name: 'I5 no acknowledged event is lost or applied twice',
  check: (evidence) => [...appliedTwice(evidence), ...gaps(evidence)],
};

/** A repeat is marked as such, or meets what the fact itself has done; neither changes anything. */
function appliedTwice({ orderId, outcomes }: OrderEvidence): Finding[] {
  const effective = outcomes.filter(
    ({ source, outcome }) =>
      source === 'webhook' && (outcome === 'applied' || outcome === 'review'),
  );
  return [...groupBy(effective, ({ eventId }) => eventId)]
    .filter(([, same]) => same.length > 1)
    .map(([eventId, same]) => wrong(`${orderId} ${eventId}`, `was applied ${same.length} times`));
}

function gaps({ orderId, order, outcomes }: OrderEvidence): Finding[] {
  if (order === null) return [];
  const { recorded } = order.ledger;
  const last = outcomes.at(-1)?.seq ?? 0;
  if (recorded === outcomes.length && recorded === last) return [];
  return [
    wrong(orderId, `${recorded} outcomes were written, ${outcomes.length} are there up to ${last}`),
  ];
}
