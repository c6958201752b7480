/**
 * Changes of what a run does, behind which the histories from before still replay. Each is asked only where
 * it matters, so that an ordinary order's history has none of them.
 */
import { patched } from '@temporalio/workflow';

/** A backlog is worked off in parts, a task each. Before, all of it was applied in one task. */
export function isIntakeBounded(): boolean {
  return patched('20261129-bounded-intake');
}

/** A step starts a bounded number of effects. Before, it started all that were due. */
export function areEffectsBounded(): boolean {
  return patched('20261129-bounded-effects');
}
