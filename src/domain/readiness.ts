/** Which effects may run: an effect that names another one waits until that one has ended. */
import type { Effect } from './effects.ts';
import type { Ledger } from './ledger.ts';

export function isReady(ledger: Ledger, effect: Effect): boolean {
  if (!('after' in effect) || effect.after === undefined) return true;
  const before = ledger.effects[effect.after];
  return before === undefined || before.status !== 'pending';
}

/** What a run that takes over has to start: everything that is open and waits for nothing. */
export function openEffects(ledger: Ledger): Effect[] {
  return Object.values(ledger.effects)
    .filter(({ status }) => status === 'pending')
    .map(({ command }) => command)
    .filter((effect) => isReady(ledger, effect));
}
