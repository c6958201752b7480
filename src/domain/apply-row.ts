/**
 * Carries out any row of the decision table: changes the ledger, starts the effects of the cell, opens its review and
 * records the outcome. Nothing else starts effects or opens reviews, so nothing can happen that the table does not say.
 */
import { type CommandOf, rejected, wait } from './commands/waiting.ts';
import {
  type Context,
  latchFinalStatus,
  type RecordOrigin,
  record,
  type Verdict,
} from './context.ts';
import type { Effect } from './effects/effects.ts';
import type { CommandAnswer } from './events.ts';
import type { EffectEntry, Ledger, Review, WaitingCommand } from './ledger.ts';
import { addCause, putEffect, putReview } from './ledger-index.ts';
import type { OrderState } from './order.ts';
import type { ReviewReason } from './reviews/reasons.ts';
import { netMinor, stateOf } from './sums.ts';
import {
  type Cell,
  type CellEffect,
  type EffectsOf,
  type NoOutcomeOf,
  type Row,
  TABLE,
} from './table.ts';

/** Starts effects. Only `applyRow` has one to give. */
export interface EffectStarter extends Readonly<Pick<Context, 'ledger' | 'event'>> {
  /** Starts an effect unless its key was ever used: deciding twice never asks twice. */
  start(effect: Effect): void;
  /** Starts an effect that has failed once more, under its own key. */
  restart(entry: EffectEntry): void;
}

/** Starts one effect of a cell, for the event at hand. */
type StartEffect = (starter: EffectStarter) => void;

/** What a row has come to: the words of its outcome, and the states before and after. */
interface Movement {
  words: string;
  from: OrderState;
  to: OrderState;
}

interface Caller {
  /** Absent where the caller is answered at once, whatever the cell. */
  command?: CommandOf<WaitingCommand['type']>;
  /** The answer to the caller, with the outcome. */
  answer?: CommandAnswer;
  /** The command repeats one that is under way. */
  isDuplicate?: boolean;
}

interface AnyChange {
  /** Names the cause in a review: a fact's key, or what the event is about. */
  cause: string;
  /** The command that it answers, where it is one. */
  caller?: Caller;
  /** A refusal for another reason than the state's, which comes first. */
  refusal?: () => Verdict | undefined;
  /** Changes the ledger as the event says; which effects, review and state follow is the table's alone. */
  evolve?: (cell: Cell) => void;
  /** Each effect that the row names in any of its cells, for this event; of others nothing is asked. */
  effects: Record<CellEffect, StartEffect>;
  /** The words of the outcome, where more is to be said than the movement. */
  reason?: string | ((movement: Movement) => string);
  /** Whose outcome it is. Absent where it is recorded with what else came of its event, or with its callers' answers. */
  origin?: RecordOrigin;
}

/** Every effect that the row names has to be given, or it does not compile. */
export type Change<R extends Row> = Omit<AnyChange, 'effects'> &
  ([EffectsOf<R>] extends [never] ? unknown : { effects: Record<EffectsOf<R>, StartEffect> });

/** Carries out a row for the state that the event meets. Null: there is no outcome yet, or none at all. */
export function applyRow<R extends Row>(
  context: Context,
  row: R,
  change: Change<R>,
): Verdict | NoOutcomeOf<R>;
export function applyRow(context: Context, row: Row, change: AnyChange): Verdict | null {
  const from = stateOf(context.ledger);
  const verdict = carryOut(context, TABLE[row][from], from, change);
  if (verdict !== null && change.origin !== undefined) record(context, verdict, change.origin);
  return verdict;
}

function carryOut(
  context: Context,
  cell: Cell,
  from: OrderState,
  change: AnyChange,
): Verdict | null {
  if (cell.verdict === 'ignore') return null;
  if (cell.verdict === 'reject') return refuse(context, cell, change);
  const refusal = change.refusal?.();
  if (refusal !== undefined) return refusal;
  if (cell.verdict === 'wait') return waitFor(context, cell, change);
  const verdict = bringAbout(context, cell, from, change);
  const answer = change.caller?.answer;
  const reason = say(change, { words: verdict.reason, from, to: stateOf(context.ledger) });
  return { ...verdict, reason, ...(answer && { answer }) };
}

/** A code is for a caller; a gateway's fact is refused with a reason alone. */
function refuse(context: Context, cell: Cell, change: AnyChange): Verdict {
  const { code } = cell;
  if (change.caller !== undefined) return rejected(code);
  const from = stateOf(context.ledger);
  const reason = say(change, { words: code, from, to: from });
  return { outcome: 'rejected', reason, changed: startEffects(context, cell, change) > 0 };
}

function say({ reason }: AnyChange, movement: Movement): string {
  return typeof reason === 'function' ? reason(movement) : (reason ?? movement.words);
}

function bringAbout(context: Context, cell: Cell, from: OrderState, change: AnyChange): Verdict {
  if (cell.verdict === 'duplicate')
    return { outcome: 'duplicate', reason: `the order is ${from} already` };
  change.evolve?.(cell);
  startEffects(context, cell, change);
  return conclude(context, cell, from, change);
}

/** The command is queued before its effects start: only the answer to a sync that began later settles it. */
function waitFor(context: Context, cell: Cell, change: AnyChange): Verdict | null {
  change.evolve?.(cell);
  const { command, answer = {}, isDuplicate = false } = change.caller ?? {};
  const verdict = command === undefined ? null : wait(context, command, answer, isDuplicate);
  startEffects(context, cell, change);
  return verdict;
}

/** Returns how many effects are new. */
function startEffects(context: Context, cell: Cell, { effects }: AnyChange): number {
  const startedBefore = context.started.length;
  const starter = starterFor(context);
  for (const effect of cell.effects) effects[effect](starter);
  return context.started.length - startedBefore;
}

function starterFor({ ledger, event, started }: Context): EffectStarter {
  return {
    ledger,
    event,
    start(effect) {
      if (ledger.effects[effect.key] !== undefined) return;
      putEffect(ledger, { command: effect, status: 'pending', attempts: 0, error: null });
      started.push(effect);
    },
    restart(entry) {
      putEffect(ledger, { ...entry, status: 'pending', error: null });
      started.push(entry.command);
    },
  };
}

/** Opens a review, or adds a further cause to the one that is open for this reason. */
function openReview(context: Context, reason: ReviewReason, cause: string): void {
  const { ledger, event } = context;
  const known = ledger.reviews.find(
    (review) => review.reason === reason && review.status === 'open',
  );
  if (known !== undefined) {
    if (addCause(ledger, known, cause)) known.version = ledger.version + 1;
    return;
  }
  const review: Review = {
    id: `rev_${ledger.reviews.length + 1}`,
    reason,
    status: 'open',
    version: ledger.version + 1,
    openedAt: event.at,
    causes: [cause],
    note: null,
  };
  putReview(ledger, review);
}

/** Does what a table cell says about late confirmation and reviews, and puts the result into words. */
function conclude(
  context: Context,
  cell: Cell,
  from: OrderState,
  { cause, evolve }: AnyChange,
): Verdict {
  if (cell.late) context.ledger.late = true;
  if (cell.review !== undefined) openReview(context, cell.review, cause);
  const missing = deficit(context.ledger);
  if (missing !== undefined) openReview(context, missing, cause);
  latchFinalStatus(context.ledger);
  const to = stateOf(context.ledger);
  const moved = from === to ? `stays ${to}` : `${from} → ${to}`;
  if (cell.verdict === 'stale')
    return {
      outcome: 'stale',
      reason: `too late to matter, ${moved}`,
      changed: evolve !== undefined,
    };
  const called = cell.review ?? missing;
  if (called !== undefined) return { outcome: 'review', reason: `${called}, ${moved}` };
  return { outcome: 'applied', reason: cell.late ? `${moved}, confirmed late` : moved };
}

const DEFICIT_REASONS: readonly ReviewReason[] = ['over_refund', 'double_loss', 'capture_reversed'];

/** More went out than came in, in whatever order the events arrived: one review is opened for it. */
function deficit(ledger: Ledger): ReviewReason | undefined {
  const isReported = ledger.reviews.some(({ reason }) => DEFICIT_REASONS.includes(reason));
  if (isReported || netMinor(ledger) >= 0) return undefined;
  return TABLE['net.negative'][stateOf(ledger)].review;
}
