/**
 * One step of an order, inside its workflow task: writes down what the order has decided, then tries once
 * what is due and is quickly done, and writes down what has come of it. In this order, because the task may
 * be lost with its worker: nothing is done that nobody would know of. Nothing here retries: what did not
 * work out is done by an activity of its own, under the same key.
 */
import pTimeout from 'p-timeout';
import type { BusinessEffectName, QuickEffect } from '../domain/effects/effects.ts';
import { type EffectResult, effectEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { transitions } from '../domain/transition.ts';
import { type OrderView, viewOf } from '../domain/view.ts';
import type { OrderRecord } from '../store/orders/record.ts';
import type { RunEffect, RunEffects } from './business-effect.ts';
import { refusalOf, unknownOutcomeOf } from './failures.ts';
import type { GatewayCalls } from './gateway-calls.ts';
import type { WriteRecord } from './write-record.ts';

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

export function createTakeStep(deps: {
  createPayment: GatewayCalls['createPayment'];
  effects: RunEffects;
  writeRecord: WriteRecord;
  patienceMs?: number;
}): (request: StepRequest) => Promise<StepDone> {
  const { createPayment, effects, writeRecord, patienceMs = PATIENCE_MS } = deps;

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
    return { key, type: 'effect.answered', attempts: 1, answer: null };
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
    const other = await writeRecord(record).catch(() => undefined);
    if (other === undefined) return { results: untried, recorded: null, other: null };
    if (other !== null) return { results: untried, recorded: null, other };
    const { ledger } = record;
    const order = { ledger, view: viewOf(ledger) };
    const results = await Promise.all(
      effects.map((effect) => pTimeout(attempt(effect, order), inTime)),
    );
    const after = recordAfter(ledger, results, at);
    const isDone = after.ledger !== ledger && (await isWritten(after));
    return { results, recorded: isDone ? after.ledger.revision : ledger.revision, other: null };
  };

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
