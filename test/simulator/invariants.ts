/** What must hold over a whole life: what was told is kept, and what was decided is decided once. */
import { isBusinessEffect } from '../../src/domain/effects/effects.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import { type Fact, factKey } from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { Transition } from '../../src/domain/transition.ts';
import { demand } from '../invariants/demand.ts';
import { checkStep } from '../invariants/steps.ts';
import { isKept, moneyIn } from './money-told.ts';

/** What was told and decided in the life that led to the present ledger, and not in a lost task. */
export interface Memory {
  told: ReadonlyMap<string, Fact>;
  keys: ReadonlyMap<string, string>;
}

export interface Watcher {
  /** Looks at every step. */
  watch(before: Ledger, event: DomainEvent, after: Transition): void;
  memory(): Memory;
  /** To the beginning, where nothing is given. */
  goBack(to?: Memory): void;
}

export function createWatcher(): Watcher {
  // Replaced rather than changed, so that what was remembered stays.
  let told: Memory['told'] = new Map();
  let keys: Memory['keys'] = new Map();
  return {
    memory: () => ({ told, keys }),
    goBack(to) {
      told = to?.told ?? new Map();
      keys = to?.keys ?? new Map();
    },
    watch(before, event, after) {
      const money = moneyIn(event, before).map((fact) => [`${factKey(fact)}`, fact] as const);
      if (money.length > 0) told = new Map([...told, ...money]);
      for (const fact of told.values())
        demand(isKept(after.ledger, fact), 'told money is kept', () => JSON.stringify(fact));
      checkStep(before, after);
      keys = keysWith(keys, event, after);
    },
  };
}

function keysWith(
  before: Memory['keys'],
  event: DomainEvent,
  { effects }: Transition,
): Memory['keys'] {
  if (effects.length === 0) return before;
  const keys = new Map(before);
  for (const effect of effects) {
    // However often it is sent, it is the same message.
    const content = JSON.stringify({ ...effect, times: undefined });
    const known = keys.get(effect.key) ?? content;
    const isAsked = event.type === 'retry' || event.type === 'resend';
    const isAgain = keys.has(effect.key) && isBusinessEffect(effect) && !isAsked;
    demand(!isAgain, 'business is decided once', () => effect.key);
    demand(known === content, 'one key, one content', () => `${known} then ${content}`);
    keys.set(effect.key, content);
  }
  return keys;
}
