/** Commands whose callers wait for the gateway: each leaves its one outcome record when it is answered. */

import { type Context, record, type Verdict } from '../context.ts';
import type { CommandAnswer, CommandEvent } from '../events.ts';
import type { WaitingCommand } from '../ledger.ts';

/** Far more than callers who still wait; while a gateway is silent the ledger must not grow. */
const MAX_WAITING = 100;

export type CommandOf<T extends CommandEvent['type']> = Extract<CommandEvent, { type: T }>;

export function rejected(code: string): Verdict {
  return { outcome: 'rejected', reason: code, answer: { code } };
}

/** The answer to a caller whose outcome is not known in time. */
export const UNSETTLED: Verdict = {
  outcome: 'applied',
  reason: 'the gateway has not answered yet',
  answer: { unsettled: true },
};

/** Null: the caller waits. A verdict where too many wait already. */
export function wait(
  context: Context,
  command: CommandOf<WaitingCommand['type']>,
  answer: CommandAnswer,
  duplicate = false,
): Verdict | null {
  const { waiting } = context.ledger;
  if (waiting.length >= MAX_WAITING)
    return { ...UNSETTLED, answer: { ...answer, ...UNSETTLED.answer } };
  waiting.push({
    id: command.id,
    source: command.source,
    type: command.type,
    duplicate,
    answer,
    paymentId: 'paymentId' in command ? (command.paymentId ?? null) : null,
    ...(command.type === 'cancel' && command.reason !== undefined
      ? { reason: command.reason }
      : {}),
    askedAfter: context.ledger.inquiry.generation,
  });
  return null;
}

export function answerWaiting(
  context: Context,
  picks: (command: WaitingCommand) => boolean,
  verdict: (command: WaitingCommand) => Verdict,
): void {
  const { ledger } = context;
  const answered = ledger.waiting.filter(picks);
  ledger.waiting = ledger.waiting.filter((command) => !picks(command));
  for (const command of answered) {
    const given = withReason(verdict(command), command.reason);
    const outcome = given.outcome === 'applied' && command.duplicate ? 'duplicate' : given.outcome;
    record(
      context,
      { ...given, outcome, answer: { ...command.answer, ...given.answer } },
      { source: command.source, type: command.type, eventId: command.id },
    );
  }
}

/** The outcome with the caller's own reason, so that the timeline says who cancelled and why. */
export function withReason(verdict: Verdict, reason: string | undefined): Verdict {
  if (reason === undefined) return verdict;
  return { ...verdict, reason: `${verdict.reason} (reason given: ${reason})` };
}
