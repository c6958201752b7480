/**
 * Everything that must hold after a chaos run: for every order what `test/invariants` says, which the
 * simulator and the stories check as well, and what a run of several processes adds. The gateway's own
 * store, the CRM's log and the callers' logs are believed; Payonce's tables are what is being judged.
 */
import { ORDER_INVARIANTS } from '../../test/invariants/index.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { knownAnswers } from './answers.ts';
import { refundedAsAsked } from './asked-refunds.ts';
import { checkedBooks } from './books.ts';
import { noSecretLeaks } from './canaries.ts';
import { noLostEvent } from './lost-events.ts';
import { memoryStays } from './memory.ts';
import { oneAnswer } from './one-answer.ts';
import { outcomesAsAnswered } from './operation-outcomes.ts';
import { numbersWithoutGaps } from './paper-numbers.ts';
import { readsFollowWrites } from './reads-follow-writes.ts';
import { type Invariant, ofEachOrder, type Remains, wrong } from './remains.ts';
import { everyRunReplays } from './replay.ts';
import { noDoubtRemains } from './resolved-doubts.ts';
import { runsComeToRest } from './rest.ts';
import { everyOpenOrderRuns, noneIsPastItsDeadline } from './runs.ts';
import { readAtStandstill } from './standstill.ts';

/** One promise may have several checks, all under its name. */
export const INVARIANTS: readonly Invariant[] = [
  noLostEvent,
  ...ORDER_INVARIANTS.map(ofEachOrder),
  checkedBooks,
  numbersWithoutGaps,
  refundedAsAsked,
  runsComeToRest,
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
