/**
 * Rolls the dice of the fault plan in force. Each fault is rolled for on its own, in the order
 * of the plan's documentation, and the first that comes up is the one that strikes.
 */

import type { FaultPlan } from './fault-plan.ts';
import { seededRandom } from './seeded-random.ts';

export type ApiFaultKind = Exclude<keyof NonNullable<FaultPlan['api']>, 'answerAfterMs'>;

/** What goes wrong with one call, and whether its change is committed before it does. */
export type ApiFault = { readonly kind: ApiFaultKind; readonly commits: boolean };

/** What becomes of one delivery: lost for good, or made `copies` times after a delay. */
export type DeliveryFate = {
  readonly dropped: boolean;
  readonly copies: number;
  readonly delayMs: number;
};

export type Faults = {
  readonly plan: () => FaultPlan;
  readonly replace: (plan: FaultPlan) => void;
  readonly rollApi: () => ApiFault | undefined;
  /** For how long an answer is held back, in milliseconds. */
  readonly answerAfterMs: () => number;
  readonly rollDelivery: () => DeliveryFate;
};

const MAX_COPIES = 5;

// Long enough for later events to overtake, short enough for a test to wait for.
const MAX_SHUFFLE_MS = 1_500;

// The chance that the change is committed before the fault shows; only a real commit makes
// a caller that retries without its idempotency key pay twice.
const COMMIT_CHANCE: Record<ApiFaultKind, number> = {
  timeoutBefore: 0,
  timeoutAfter: 1,
  error500: 0.5,
  error429: 0,
  reset: 0.5,
  hang: 0,
  error401: 0,
};

const API_FAULTS: readonly ApiFaultKind[] = [
  'timeoutBefore',
  'timeoutAfter',
  'error500',
  'error429',
  'reset',
  'hang',
  'error401',
];

/** Starts without faults. */
export function createFaults(): Faults {
  let plan: FaultPlan = {};
  let random: () => number = Math.random;
  const happens = (probability = 0): boolean => random() < probability;
  const between = (min: number, max: number): number =>
    min + Math.floor(random() * (max - min + 1));
  return {
    plan: () => plan,
    replace: (next) => {
      plan = next;
      random = next.seed === undefined ? Math.random : seededRandom(next.seed);
    },
    rollApi: () => {
      const kind = API_FAULTS.find((fault) => happens(plan.api?.[fault]));
      return kind && { kind, commits: happens(COMMIT_CHANCE[kind]) };
    },
    answerAfterMs: () => plan.api?.answerAfterMs ?? 0,
    rollDelivery: () => {
      const { drop, duplicate, shuffle, delayMs: [min, max] = [0, 0] } = plan.webhooks ?? {};
      const shuffleMs = happens(shuffle) ? between(0, MAX_SHUFFLE_MS) : 0;
      return {
        dropped: happens(drop),
        copies: happens(duplicate) ? between(2, MAX_COPIES) : 1,
        delayMs: between(min, max) + shuffleMs,
      };
    },
  };
}
