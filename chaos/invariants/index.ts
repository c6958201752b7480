/**
 * Everything that must hold after a chaos run. The gateway's own store, the CRM's log and the callers'
 * logs are believed; Payonce's tables are what is being judged.
 */
import type { Evidence, Violation } from '../evidence.ts';
import { oneEntitlement } from './access.ts';
import { knownAnswers } from './answers.ts';
import { balancedBooks } from './books.ts';
import { noSecretLeaks } from './canaries.ts';
import { chargedOnce } from './charges.ts';
import { oneCrmUpdate } from './crm.ts';
import { moneyAsAtGateway } from './gateway-money.ts';
import { noLostEvent } from './lost-events.ts';
import { memoryStays } from './memory.ts';
import { oneAnswer } from './one-answer.ts';
import { outcomesAsAnswered } from './operation-outcomes.ts';
import { onePaper } from './papers.ts';
import { readsFollowWrites } from './reads-follow-writes.ts';
import { refundedOnce } from './refunds.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';
import { everyRunReplays } from './replay.ts';
import { noDoubtRemains } from './resolved-doubts.ts';
import { comesToRest } from './rest.ts';
import { everyOpenOrderRuns, noneIsPastItsDeadline } from './runs.ts';
import { readAtStandstill } from './standstill.ts';
import { risingStates } from './state-history.ts';

export const INVARIANTS: readonly Invariant[] = [
  oneEntitlement,
  onePaper,
  oneCrmUpdate,
  balancedBooks,
  noLostEvent,
  moneyAsAtGateway,
  chargedOnce,
  refundedOnce,
  risingStates,
  comesToRest,
  noSecretLeaks,
  everyRunReplays,
  oneAnswer,
  knownAnswers,
  outcomesAsAnswered,
  noDoubtRemains,
  readsFollowWrites,
  memoryStays,
  everyOpenOrderRuns,
  noneIsPastItsDeadline,
];

/**
 * Every violation that the evidence shows; none means that all invariants hold. A check that could not
 * be made is a violation, too.
 *
 * @throws Error when the evidence itself cannot be read.
 */
export async function checkInvariants(
  evidence: Evidence,
  invariants = INVARIANTS,
): Promise<Violation[]> {
  const remains = await readAtStandstill(evidence);
  const found: Violation[] = [];
  for (const invariant of invariants) found.push(...(await violationsOf(invariant, remains)));
  return found;
}

async function violationsOf({ name, check }: Invariant, remains: Remains): Promise<Violation[]> {
  try {
    const found = await check(remains);
    return found.map((violation) => ({ ...violation, invariant: name }));
  } catch (error) {
    return [{ ...wrong('the check itself', `failed: ${error}`), invariant: name }];
  }
}
