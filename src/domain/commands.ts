/**
 * What callers ask for: pay, verify, cancel, refund, retry. A command whose answer depends on the
 * gateway waits in the ledger and is recorded when the gateway has said it.
 */
import type { CommandAnswer, CommandEvent } from './events.ts';
import { askGateway } from './inquiry.ts';
import type { Attempt, WaitingCommand } from './ledger.ts';
import { finishCancel, voidPayment } from './payments.ts';
import { requestRefund } from './refunds.ts';
import { decideReview } from './reviews.ts';
import {
  isAnythingLive,
  isDisputed,
  liveAttempt,
  livePayments,
  openReviews,
  outstandingMinor,
  refundableMinor,
  stateOf,
} from './sums.ts';
import { cellFor, conclude, keyFor, record, start, type Turn, type Verdict } from './turn.ts';

/** More tries than any person makes; a script that retries for ever is stopped here. */
const MAX_ATTEMPTS = 20;

type CommandOf<T extends CommandEvent['type']> = Extract<CommandEvent, { type: T }>;

/** Takes up a command; null means that its caller waits for the gateway. */
export function applyCommand(turn: Turn, command: CommandEvent): Verdict | null {
  switch (command.type) {
    case 'pay':
      return pay(turn, command);
    case 'verify':
      return verify(turn, command);
    case 'cancel':
      return cancel(turn, command);
    case 'refund':
      return refund(turn, command);
    case 'review':
      return decideReview(turn, command);
    case 'retry':
      return retry(turn, command);
  }
}

export function rejected(code: string): Verdict {
  return { outcome: 'rejected', reason: code, answer: { code } };
}

function wait(
  turn: Turn,
  command: CommandOf<WaitingCommand['type']>,
  answer: CommandAnswer,
  duplicate = false,
): null {
  turn.ledger.waiting.push({
    id: command.id,
    source: command.source,
    type: command.type,
    duplicate,
    answer,
    paymentId: command.type === 'verify' ? (command.paymentId ?? null) : null,
  });
  return null;
}

function pay(turn: Turn, command: CommandOf<'pay'>): Verdict | null {
  const { ledger } = turn;
  const from = stateOf(ledger);
  if (from !== 'paid' && openReviews(ledger).length > 0) return rejected('order_in_review');
  if (from === 'failed' && ledger.expired) return rejected('order_closed');
  const live = liveAttempt(ledger);
  const cell = cellFor(live === undefined ? 'pay.requested' : 'pay.repeated', from);
  if (cell.code !== undefined) return rejected(cell.code);
  if (live !== undefined) return payAgain(turn, command, live);
  if (ledger.cancelRequested) return rejected('order_closed');
  if (ledger.attempts.length >= MAX_ATTEMPTS) return rejected('too_many_attempts');
  const attempt: Attempt = {
    number: ledger.attempts.length + 1,
    amountMinor: outstandingMinor(ledger),
    status: 'requested',
    paymentId: null,
    checkout: null,
  };
  ledger.attempts.push(attempt);
  createPayment(turn, attempt);
  return wait(turn, command, { attempt: attempt.number });
}

function payAgain(turn: Turn, command: CommandOf<'pay'>, live: Attempt): Verdict | null {
  const answer = { attempt: live.number };
  if (live.status === 'requested') return wait(turn, command, answer, true);
  const unsettled = live.status === 'unknown';
  return {
    outcome: 'duplicate',
    reason: `attempt ${live.number} is open already`,
    answer: unsettled ? { ...answer, unsettled } : answer,
  };
}

export function createPayment(turn: Turn, { number, amountMinor }: Attempt): void {
  start(turn, {
    effect: 'create_payment',
    key: keyFor(turn, 'create_payment', number),
    attempt: number,
    amountMinor,
  });
}

function verify(turn: Turn, command: CommandOf<'verify'>): Verdict | null {
  const { ledger } = turn;
  const state = stateOf(ledger);
  const isKnown =
    command.paymentId === undefined || ledger.payments[command.paymentId] !== undefined;
  if (isKnown && (state === 'paid' || state === 'refunded'))
    return { outcome: 'duplicate', reason: `the order is ${state} already` };
  if (command.paymentId === undefined && ledger.attempts.length === 0)
    return rejected('no_payment_attempt');
  wait(turn, command, {});
  askGateway(turn);
  return null;
}

function cancel(turn: Turn, command: CommandOf<'cancel'>): Verdict | null {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const isLive = isAnythingLive(ledger);
  const cell = cellFor(isLive ? 'cancel.requested.live' : 'cancel.requested', from);
  if (cell.code !== undefined) return rejected(cell.code);
  if (cell.verdict === 'duplicate')
    return { outcome: 'duplicate', reason: 'the order is cancelled already' };
  const isRepeat = ledger.cancelRequested;
  ledger.cancelRequested = true;
  if (isLive) {
    for (const payment of livePayments(ledger)) voidPayment(turn, payment.paymentId);
    return wait(turn, command, {}, isRepeat);
  }
  finishCancel(turn);
  return conclude(turn, cell, command.id, from);
}

function refund(turn: Turn, command: CommandOf<'refund'>): Verdict | null {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const { requestKey } = command;
  const known = ledger.refundRequests[requestKey];
  if (known !== undefined) return refundAgain(turn, command);
  const refundable = refundableMinor(ledger);
  const amountMinor = command.amountMinor ?? refundable;
  const cell = cellFor(refundRow(turn, amountMinor, refundable), from);
  if (cell.code !== undefined) return rejected(cell.code);
  requestRefund(turn, { requestKey, amountMinor, reason: command.reason ?? null });
  return wait(turn, command, { requestKey });
}

function refundRow(turn: Turn, amountMinor: number, refundable: number): string {
  if (isDisputed(turn.ledger)) return 'refund.requested.disputed';
  return amountMinor > refundable || amountMinor <= 0
    ? 'refund.requested.over'
    : 'refund.requested';
}

function refundAgain(turn: Turn, command: CommandOf<'refund'>): Verdict | null {
  const { requestKey } = command;
  const pieces = Object.values(turn.ledger.refundRequests).filter(
    (request) => request.parentKey === requestKey,
  );
  const totalMinor = pieces.reduce((total, piece) => total + piece.amountMinor, 0);
  if (command.amountMinor !== undefined && command.amountMinor !== totalMinor)
    return rejected('idempotency_key_reused');
  if (pieces.some((piece) => piece.status === 'requested'))
    return wait(turn, command, { requestKey }, true);
  return {
    outcome: 'duplicate',
    reason: 'refunded under this key already',
    answer: { requestKey },
  };
}

function retry(turn: Turn, command: CommandOf<'retry'>): Verdict {
  const entry = turn.ledger.effects[command.key];
  if (entry?.status !== 'failed') return rejected('effect_not_failed');
  entry.status = 'pending';
  entry.error = null;
  turn.started.push(entry.command);
  return { outcome: 'applied', reason: `${command.key} is tried again` };
}

/** Answers every waiting command of a kind: each leaves its one record now. */
export function answerWaiting(
  turn: Turn,
  picks: (command: WaitingCommand) => boolean,
  verdict: (command: WaitingCommand) => Verdict,
): void {
  const { ledger } = turn;
  const answered = ledger.waiting.filter(picks);
  ledger.waiting = ledger.waiting.filter((command) => !picks(command));
  for (const command of answered) {
    const given = verdict(command);
    const outcome = given.outcome === 'applied' && command.duplicate ? 'duplicate' : given.outcome;
    record(
      turn,
      { ...given, outcome, answer: { ...command.answer, ...given.answer } },
      { source: command.source, type: command.type, eventId: command.id },
    );
  }
}
