/** Sending once more what was delivered: the other system lost it, or was not ready for it. */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import type { Effect } from '../effects/effects.ts';
import type { EffectEntry, Ledger } from '../ledger.ts';
import { indexOf } from '../ledger-index.ts';
import { type CommandOf, rejected } from './waiting.ts';

export function resend(context: Context, { key }: CommandOf<'resend'>): Verdict {
  const { ledger } = context;
  const entry = Object.hasOwn(ledger.effects, key) ? ledger.effects[key] : undefined;
  const again = entry === undefined ? null : sentOnceMore(ledger, entry);
  if (again === null) return rejected('effect_not_resendable');
  return applyRow(context, 'resend.requested', {
    cause: key,
    reason: `${key} is sent again`,
    effects: { retry: (starter) => starter.restart(again) },
  });
}

/** Null where it is no message, was not delivered, is outdated, or one that comes after it is under way. */
function sentOnceMore(ledger: Ledger, { command, ...entry }: EffectEntry): EffectEntry | null {
  if (entry.status !== 'done' || !isMessage(command) || isOutdated(ledger, command)) return null;
  if ((indexOf(ledger).followers.get(command.key)?.size ?? 0) > 0) return null;
  return { ...entry, command: { ...command, times: (command.times ?? 1) + 1 } };
}

type Message = Extract<Effect, { effect: 'update_crm' | 'grant_access' | 'revoke_access' }>;

function isMessage(command: Effect): command is Message {
  return ['update_crm', 'grant_access', 'revoke_access'].includes(command.effect);
}

/** Access that was revoked since must not be granted by a message of before, nor the other way round. */
function isOutdated({ access }: Ledger, command: Message): boolean {
  if (command.effect === 'update_crm') return false;
  const isPresent = command.epoch === access.epoch;
  return !isPresent || access.granted !== (command.effect === 'grant_access');
}
