/** How the rows come to pass that are about access: decisions of people, and disputes of orders that withhold it. */
import type { OrderTerms } from '../../src/domain/order.ts';
import type { Befores, Scenes } from './matrix-rows.ts';
import { cancel, captureReversed, decideAccess, dispute, refund } from './order-events.ts';
import { another, IN } from './order-states.ts';
import type { Happening } from './order-story.ts';

export const HOLDS: Partial<OrderTerms> = { holdsAccessWhileDisputed: true };

/** Access that money has earned, in every state that it can be met in; `then` comes while the order is paid. */
function earned(...then: Happening[]): Befores {
  const paid = [...IN.paid, ...then];
  return {
    pending: [...paid, ...another(), captureReversed()],
    partially_paid: [...paid, captureReversed(60)],
    paid,
    failed: [...paid, captureReversed()],
  };
}

function decided(...decisions: Happening[]): Befores {
  return Object.fromEntries(
    Object.entries(IN).map(([state, before]) => [state, [...before, ...decisions]]),
  );
}

const { paid: _, ...UNPAID } = IN;
const DISPUTED: Befores = Object.fromEntries(
  Object.entries(earned()).map(([state, before]) => [state, [...before, dispute('opened')]]),
);

export const ACCESS_SCENES: Record<string, Scenes> = {
  'access.grant.requested': {
    before: { ...IN, paid: [...IN.paid, decideAccess('revoke')] },
    now: () => decideAccess('grant'),
  },
  'access.grant.requested.repeated': {
    before: { ...decided(decideAccess('grant')), paid: IN.paid },
    now: () => decideAccess('grant', 2),
  },
  'access.revoke.requested': {
    before: { ...decided(decideAccess('grant')), paid: IN.paid },
    now: () => decideAccess('revoke'),
  },
  'access.revoke.requested.repeated': {
    before: {
      ...earned(decideAccess('revoke')),
      cancelled: [...IN.paid, decideAccess('revoke'), captureReversed(), cancel()],
      refunded: [...IN.paid, decideAccess('revoke'), refund('succeeded')],
    },
    now: () => decideAccess('revoke', 2),
  },
  'access.revoke.requested.none': { before: UNPAID, now: () => decideAccess('revoke') },
  'access.held': { terms: HOLDS, before: earned(), now: () => dispute('opened') },
  'access.returned': { terms: HOLDS, before: DISPUTED, now: () => dispute('won') },
};
