/** Commands whose callers wait for the gateway: each leaves its one outcome record when it is answered. */

import { type Context, fromCaller, record, type Verdict } from '../context.ts';
import type { CommandAnswer, CommandEvent } from '../events.ts';
import type { WaitingCommand } from '../ledger.ts';

/** Far more than callers who still wait; while a gateway is silent the ledger must not grow. */
const MAX_WAITING = 100;

export type CommandOf<T extends CommandEvent['type']> = Extract<CommandEvent, { type: T }>;

/** Why the caller asks, in its own words. */
export function noteOf(command: CommandEvent): string | undefined {
  if ('note' in command) return command.note;
  return 'reason' in command ? command.reason : undefined;
}

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
  const reason = noteOf(command);
  waiting.push({
    id: command.id,
    source: command.source,
    type: command.type,
    duplicate,
    answer,
    paymentId: 'paymentId' in command ? (command.paymentId ?? null) : null,
    ...(reason === undefined ? {} : { reason }),
    ...(command.actor === undefined ? {} : { actor: command.actor }),
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
    const { reason } = command;
    const given =
      command.type === 'cancel' ? withReason(verdict(command), reason) : verdict(command);
    const outcome = given.outcome === 'applied' && command.duplicate ? 'duplicate' : given.outcome;
    record(
      context,
      { ...given, outcome, answer: { ...command.answer, ...given.answer } },
      fromCaller(command, reason),
    );
  }
}

/** The outcome with the caller's own reason, so that the timeline says who cancelled and why. */
export function withReason(verdict: Verdict, reason: string | undefined): Verdict {
  if (reason === undefined) return verdict;
  return { ...verdict, reason: `${verdict.reason} (reason given: ${reason})` };
}
