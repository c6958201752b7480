/** The invariants of an order, in the order of their numbers where they have one of a chaos run. */
import { oneEntitlement } from './access.ts';
import { balancedBooks } from './books.ts';
import { chargedOnce } from './charges.ts';
import { oneCrmUpdate } from './crm.ts';
import { doneAsDecided } from './effects.ts';
import type { Finding, Invariant, OrderEvidence } from './evidence.ts';
import { foreignIsParked } from './foreign-payments.ts';
import { factsAsAtGateway } from './gateway-facts.ts';
import { moneyAsAtGateway } from './gateway-money.ts';
import { nothingOwed } from './nothing-owed.ts';
import { appliedOnce } from './outcomes.ts';
import { onePaper } from './papers.ts';
import { refundedOnce } from './refunds.ts';
import { risingStates } from './states.ts';

export const ORDER_INVARIANTS: readonly Invariant[] = [
  oneEntitlement,
  onePaper,
  oneCrmUpdate,
  balancedBooks,
  appliedOnce,
  moneyAsAtGateway,
  chargedOnce,
  refundedOnce,
  risingStates,
  nothingOwed,
  factsAsAtGateway,
  doneAsDecided,
  foreignIsParked,
];

/** Those that hold also while effects are due and the gateway has not been asked yet. */
export const UNDER_WAY: readonly Invariant[] = [appliedOnce, refundedOnce, risingStates];

export interface Broken extends Finding {
  invariant: string;
}

/** Every invariant that the evidence of an order breaks; none means that all hold. */
export function brokenBy(evidence: OrderEvidence, invariants = ORDER_INVARIANTS): Broken[] {
  return invariants.flatMap(({ name, check }) =>
    check(evidence).map((finding) => ({ ...finding, invariant: name })),
  );
}
