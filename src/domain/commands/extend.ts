/** More time to pay, also for an order that has expired. */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import { openReviews } from '../sums.ts';
import { type CommandOf, rejected } from './waiting.ts';

export function extend(context: Context, command: CommandOf<'extend'>): Verdict {
  const { ledger } = context;
  const { expiresAt } = command;
  const isTheSame = expiresAt === ledger.expiresAt && !ledger.expired;
  return applyRow(context, 'expiry.extended', {
    cause: command.id,
    caller: {},
    refusal: () => {
      if (isTheSame) return { outcome: 'duplicate', reason: 'it expires then already' };
      const isEarlier = !ledger.expired && expiresAt < ledger.expiresAt;
      return isEarlier || expiresAt <= command.at ? rejected('expiry_not_later') : undefined;
    },
    evolve: () => {
      ledger.expired = false;
      ledger.expiresAt = expiresAt;
      for (const review of openReviews(ledger)) {
        if (review.reason !== 'partial_expired') continue;
        review.status = 'resolved';
        review.version = ledger.version + 1;
        review.note = 'resolved: the order has more time';
      }
    },
    reason: ({ words }) => `${words}, until ${new Date(expiresAt).toISOString()}`,
  });
}
