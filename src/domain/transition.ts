/**
 * The pure state machine: (ledger, event) → (ledger, outcome records, effects). It is total: it never
 * throws for input, never waits and never reads a clock. Everything that happens to an order happens here.
 */

import { applyRow } from './apply-row.ts';
import { answerCancelsByState, refundCancelled, voidNeedless } from './commands/cancel.ts';
import { settleCaptures } from './commands/capture.ts';
import { applyCommand } from './commands/commands.ts';
import { isOutdated } from './commands/decided-on.ts';
import { takeStranger } from './commands/foreign-payment.ts';
import { askForReturn } from './commands/manual.ts';
import { takeRefusal } from './commands/refused-later.ts';
import { settle } from './commands/verify.ts';
import { answerVoidsByState } from './commands/void.ts';
import { noteOf, rejected } from './commands/waiting.ts';
import { type Context, fromCaller, latchFinalStatus, record } from './context.ts';
import { copyOf } from './copy.ts';
import { settleAccess } from './effects/access.ts';
import { applyEffectEvent } from './effects/answers.ts';
import { consequences } from './effects/consequences.ts';
import { notifyEvents } from './effects/crm.ts';
import type { Effect } from './effects/effects.ts';
import { isReady } from './effects/readiness.ts';
import type {
  CommandEvent,
  DeadlineEvent,
  DomainEvent,
  FactEvent,
  OutcomeRecord,
} from './events.ts';
import { takeFact } from './facts/apply-fact.ts';
import type { Ledger } from './ledger.ts';
import { indexOf, inListOrder } from './ledger-index.ts';
import { resolveSettledReviews } from './reviews/settled.ts';
import { followsRules3 } from './rules.ts';
import { warnOfEnd } from './schedule/authorization.ts';
import { hasNoPendingWork, schedulePoll } from './schedule/deadlines.ts';
import { expire } from './schedule/expiry.ts';
import { retryUnresolved } from './schedule/follow-up.ts';
import { askGateway } from './schedule/gateway-sync.ts';
import { stateOf } from './sums.ts';

/** Repeats come within days at most; beyond this many later events a fact is known by its own key. */
const SEEN_LIMIT = 512;

/** What an event comes to, apart from the change of the ledger. */
export interface Result {
  records: OutcomeRecord[];
  /** What is to be started now. */
  effects: Effect[];
}

export interface Transition extends Result {
  ledger: Ledger;
}

/** Applies one event. The ledger passed in is left untouched. */
export function transition(before: Ledger, event: DomainEvent): Transition {
  return transitions(before, [event]);
}

/** Applies events one after another, on one copy for all of them. */
export function transitions(before: Ledger, events: readonly DomainEvent[]): Transition {
  const ledger = copyOf(before);
  const results = events.map((event) => applyTo(ledger, event));
  return {
    ledger,
    records: results.flatMap(({ records }) => records),
    effects: results.flatMap(({ effects }) => effects),
  };
}

/** Applies one event to a ledger that belongs to the caller alone: it is changed, at the same cost at any size. */
export function applyTo(ledger: Ledger, event: DomainEvent): Result {
  const context: Context = { ledger, event, records: [], started: [], isPresentTruth: false };
  const from = stateOf(ledger);
  const versionBefore = ledger.version;
  const wasCancelled = ledger.cancelled;
  const wasDone = 'key' in event && ledger.effects[event.key]?.status === 'done';
  // A signal to a closed order opens it again, until it has settled anew.
  if (event.source !== 'effect' && event.source !== 'timer') ledger.closed = false;
  dispatch(context, event);
  ledger.revision += 1;
  latchFinalStatus(ledger);
  if (ledger.cancelled && !wasCancelled) refundCancelled(context);
  voidNeedless(context);
  askForReturn(context);
  consequences(context, from);
  settleAccess(context);
  answerCancelsByState(context);
  settleCaptures(context);
  answerVoidsByState(context);
  resolveSettledReviews(context);
  notifyEvents(context);
  // The only outcome may be a refusal to the caller, which is no change by itself.
  const isUnversioned = ledger.version === versionBefore && followsRules3(ledger);
  if (isUnversioned && stateOf(ledger) !== from) ledger.version += 1;
  const hasChanged = ledger.version > versionBefore;
  if (hasChanged) {
    ledger.updatedAt = event.at;
    ledger.closed = false;
  }
  const isPoll = event.type === 'deadline.reached' && event.deadline === 'poll';
  if (isPoll || hasChanged || ledger.poll === null)
    schedulePoll(ledger, event.at, isPoll ? 'reached' : 'change');
  return { records: context.records, effects: readyEffects(context, wasDone) };
}

function dispatch(context: Context, event: DomainEvent): void {
  switch (event.type) {
    case 'fact':
      if (isRepeat(context, event, event.fact.type)) return;
      if (!takeStranger(context, event) && !takeRefusal(context, event)) takeFact(context, event);
      return;
    case 'effect.answered':
    case 'effect.refused':
    case 'effect.unanswered':
      return applyEffectEvent(context, event);
    case 'deadline.reached':
      return reachDeadline(context, event);
    case 'unreadable':
      return record(
        context,
        { outcome: 'rejected', reason: event.reason },
        { source: event.source, type: 'unreadable', eventId: event.id },
      );
    default:
      return isRepeat(context, event, event.type) ? undefined : command(context, event);
  }
}

/** The same delivery again: counted, recorded, and nothing else. */
function isRepeat(context: Context, event: FactEvent | CommandEvent, type: string): boolean {
  const { ledger } = context;
  const { id, source } = event;
  if (!ledger.seen.includes(id)) {
    ledger.seen = [...ledger.seen, id].slice(-SEEN_LIMIT);
    return false;
  }
  record(
    context,
    { outcome: 'duplicate', reason: `${id} was delivered before`, answer: { redelivered: true } },
    { source, type, eventId: id },
  );
  return true;
}

function command(context: Context, event: CommandEvent): void {
  const verdict = isOutdated(context.ledger, event)
    ? rejected('order_changed')
    : applyCommand(context, event);
  if (verdict === null) {
    // Taken up, answered later: what it started is visible from now on.
    context.ledger.version += 1;
    return;
  }
  record(context, verdict, fromCaller(event, noteOf(event)));
}

/** A timer that fires after its deadline has moved is without effect. */
function reachDeadline(context: Context, event: DeadlineEvent): void {
  const { ledger } = context;
  switch (event.deadline) {
    case 'poll':
      return retryUnresolved(context);
    case 'sync':
      ledger.syncedAt = event.at;
      applyRow(context, 'sync.reached', { cause: 'sync', effects: { fetch: askGateway } });
      return;
    case 'expiry':
      return event.at < ledger.expiresAt ? undefined : expire(context);
    case 'authorization':
      return warnOfEnd(context);
    case 'settlement':
      return hasNoPendingWork(ledger) ? settle(context) : undefined;
  }
}

/** Effects started in this turn, and those that waited for the one that has just ended. */
function readyEffects(context: Context, wasDone: boolean): Effect[] {
  const { event, ledger, started } = context;
  const index = indexOf(ledger);
  const key = 'key' in event ? event.key : '';
  // Speaking of an effect that was done before, as a needless retry does, ends nothing now.
  const hasEnded = !wasDone && ledger.effects[key]?.status === 'done';
  const followers = hasEnded ? (index.followers.get(key) ?? []) : [];
  const waited = inListOrder(index, 'effect', followers).flatMap(
    (follower) => index.pendingEffects.get(follower) ?? [],
  );
  return [...new Set([...started, ...waited])].filter((effect) => isReady(ledger, effect));
}
