/**
 * One step of an order, inside its workflow task: writes down what the order has decided, then tries once
 * what is due and is quickly done, and writes down what has come of it. In this order, because the task may
 * be lost with its worker: nothing is done that nobody would know of. Where all of it is rows of one database, one
 * commit has the same meaning; what fails then has done nothing, and is tried in that order. Nothing here retries:
 * what did not work out is done by an activity of its own, under the same key.
 */
import pTimeout from 'p-timeout';
import type { BusinessEffectName, QuickEffect } from '../domain/effects/effects.ts';
import { type EffectResult, effectEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { stateOf } from '../domain/sums.ts';
import { transitions } from '../domain/transition.ts';
import { type OrderView, viewOf } from '../domain/view.ts';
import { isArmedAt } from '../process/failpoints.ts';
import { isStatementRefused } from '../store/database.ts';
import type { OrderRecord } from '../store/orders/record.ts';
import type { RunEffect, RunEffects } from './business-effect.ts';
import { refusalOf, unknownOutcomeOf } from './failures.ts';
import type { GatewayCalls } from './gateway-calls.ts';
import { rowsOf, type StepSurroundings } from './rows-of-step.ts';
import type { Writers } from './write-record.ts';

export interface StepRequest extends OrderRecord {
  effects: QuickEffect[];
  /** When the step began, in epoch milliseconds: a clock of the worker's own would differ on replay. */
  at: number;
}

export interface StepDone {
  /** One for each effect; null where this was not the place or the time for it. */
  results: (EffectResult | null)[];
  /** The revision of the ledger that is written; null where nothing could be, and so nothing was tried. */
  recorded: number | null;
  /** What was there instead, from a task that was lost: nothing was tried. */
  other: Ledger | null;
}

/** Leaves half a second for the record, before the task has been held for too long. */
const PATIENCE_MS = 1_500;

/** Failpoints that stand between one effect and the next. */
const WITHIN_EFFECTS = ['effect.', 'grant.', 'invoice.', 'ledger.', 'crm.'];

/** A step of a backlog may have hundreds: each of them alone is a short statement, all at once are none. */
const MOST_AT_ONCE = 20;

const DONE = { type: 'effect.answered', attempts: 1, answer: null } as const;

export function createTakeStep(deps: {
  createPayment: GatewayCalls['createPayment'];
  effects: RunEffects;
  writers: Writers;
  surroundings: StepSurroundings;
  patienceMs?: number;
}): (request: StepRequest) => Promise<StepDone> {
  const { createPayment, effects, writers, surroundings, patienceMs = PATIENCE_MS } = deps;
  const { writeRecord, writeStep } = writers;

  async function run(
    effect: QuickEffect,
    { ledger, view }: { ledger: Ledger; view: OrderView },
  ): Promise<EffectResult> {
    const { key } = effect;
    if (effect.effect === 'create_payment') {
      const { orderId, gateway, currency } = ledger.terms;
      const answer = await createPayment({ orderId, gateway, currency, command: effect });
      return { key, type: 'effect.answered', attempts: 1, answer };
    }
    const perform = effects[effect.effect] as RunEffect<BusinessEffectName>;
    await perform({ order: view, command: effect });
    return { ...DONE, key };
  }

  async function attempt(
    effect: QuickEffect,
    order: { ledger: Ledger; view: OrderView },
  ): Promise<EffectResult | null> {
    try {
      return await run(effect, order);
    } catch (error) {
      const { key } = effect;
      const refusal = refusalOf(error);
      if (refusal !== null) return { key, type: 'effect.refused', attempts: 1, ...refusal };
      // A key that was refused is refused again, and the customer waits.
      const unknownOutcome = unknownOutcomeOf(error);
      return unknownOutcome && { key, type: 'effect.unanswered', attempts: 1, ...unknownOutcome };
    }
  }

  const inTime = { milliseconds: patienceMs, fallback: () => null };

  return async ({ effects, at, ...record }) => {
    const untried = effects.map(() => null);
    const { ledger } = record;
    const order = { ledger, view: viewOf(ledger) };
    const untouched = { results: untried, recorded: null, other: null };
    const atOnce = await doAtOnce(record, { effects, view: order.view, at }).catch(
      // A database that does not answer is not waited for twice: the task would be held for too long.
      (error: unknown) => (isStatementRefused(error) ? null : untouched),
    );
    if (atOnce !== null) return atOnce;
    const other = await writeRecord(record).catch(() => undefined);
    if (other === undefined) return untouched;
    if (other !== null) return { results: untried, recorded: null, other };
    const results = await Promise.all(
      effects.map((effect) => pTimeout(attempt(effect, order), inTime)),
    );
    const after = recordAfter(ledger, results, at);
    const isDone = after.ledger !== ledger && (await isWritten(after));
    return { results, recorded: isDone ? after.ledger.revision : ledger.revision, other: null };
  };

  /** Null where nothing was done: there is more to do than rows, or the record is not what the order knows. */
  async function doAtOnce(
    record: OrderRecord,
    { effects, view, at }: { effects: QuickEffect[]; view: OrderView; at: number },
  ): Promise<StepDone | null> {
    if (effects.length === 0 || effects.length > MOST_AT_ONCE) return null;
    if (isArmedAt(WITHIN_EFFECTS)) return null;
    const rows = rowsOf(effects, view, surroundings);
    if (rows === null) return null;
    const results = effects.map(({ key }) => ({ ...DONE, key }));
    const after = recordAfter(record.ledger, results, at);
    // The log of states has a line for each of them.
    if (stateOf(after.ledger) !== view.state) return null;
    const whole = { ...after, records: [...record.records, ...after.records], known: record.known };
    const came = { ...view, revision: record.ledger.revision };
    const isDone = await writeStep(whole, { came, rows });
    return isDone ? { results, recorded: after.ledger.revision, other: null } : null;
  }

  async function isWritten(record: OrderRecord): Promise<boolean> {
    return writeRecord(record).then(
      (other) => other === null,
      () => false,
    );
  }
}

/** What the order itself comes to with the results: the state machine is pure. */
function recordAfter(
  ledger: Ledger,
  results: readonly (EffectResult | null)[],
  at: number,
): OrderRecord {
  const events = results
    .filter((result) => result !== null)
    .map((result) => effectEvent(result, at));
  if (events.length === 0) return { ledger, records: [], known: ledger.revision };
  const after = transitions(ledger, events);
  return { ledger: after.ledger, records: after.records, known: ledger.revision };
}
