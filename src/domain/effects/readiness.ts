/**
 * Which effects may run: one that names another waits until that one is done. A failed one holds its
 * followers back, or a retried grant could overtake the revocation that came after it.
 */

import type { Ledger } from '../ledger.ts';
import { indexOf, inListOrder } from '../ledger-index.ts';
import type { Effect } from './effects.ts';

export function isReady(ledger: Ledger, effect: Effect): boolean {
  const before = 'after' in effect ? ledger.effects[effect.after ?? ''] : undefined;
  return before === undefined || before.status === 'done';
}

/** What a run that takes over has to start: everything that is open and waits for nothing. */
export function openEffects(ledger: Ledger): Effect[] {
  const index = indexOf(ledger);
  return inListOrder(index, 'effect', index.pendingEffects.keys())
    .flatMap((key) => index.pendingEffects.get(key) ?? [])
    .filter((effect) => isReady(ledger, effect));
}
