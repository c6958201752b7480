/**
 * What callers ask for. A command whose answer depends on the gateway waits in the ledger and is
 * recorded when the gateway has said it.
 */

import type { CommandEvent } from '../events.ts';
import { putEffect } from '../ledger-index.ts';
import { decideReview } from '../reviews/reviews.ts';
import type { Turn, Verdict } from '../turn.ts';
import { cancel } from './cancel.ts';
import { attach } from './foreign-payment.ts';
import { pay } from './pay.ts';
import { refund } from './refund.ts';
import { sync, verify } from './verify.ts';
import { type CommandOf, rejected } from './waiting.ts';

/** Takes up a command; null means that its caller waits for the gateway. */
export function applyCommand(turn: Turn, command: CommandEvent): Verdict | null {
  switch (command.type) {
    case 'pay':
      return pay(turn, command);
    case 'verify':
      return verify(turn, command);
    case 'sync':
      return sync(turn, command);
    case 'cancel':
      return cancel(turn, command);
    case 'refund':
      return refund(turn, command);
    case 'review':
      return decideReview(turn, command);
    case 'retry':
      return retry(turn, command);
    case 'attach':
      return attach(turn, command);
  }
}

function retry(turn: Turn, command: CommandOf<'retry'>): Verdict {
  const { ledger } = turn;
  const { effects } = ledger;
  const entry = Object.hasOwn(effects, command.key) ? effects[command.key] : undefined;
  if (entry?.status !== 'failed') return rejected('effect_not_failed');
  putEffect(ledger, { ...entry, status: 'pending', error: null });
  turn.started.push(entry.command);
  return { outcome: 'applied', reason: `${command.key} is tried again` };
}
