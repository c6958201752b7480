/**
 * One step of an order, inside its workflow task: tries once what is due and is quickly done, takes up what
 * has come of it, and writes the record of that. Nothing here retries: what did not work out is done by
 * an activity of its own, under the same key.
 */
import pTimeout from 'p-timeout';
import type { BusinessEffectName, QuickEffect } from '../domain/effects.ts';
import { type EffectResult, effectEvent, type OutcomeRecord } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { transition } from '../domain/transition.ts';
import { viewOf } from '../domain/view.ts';
import type { OrderRecord } from '../store/record.ts';
import type { RunEffect, RunEffects } from './business-effect.ts';
import { refusalCodeOf } from './failures.ts';
import type { GatewayCalls } from './gateway-calls.ts';

export interface StepRequest {
  ledger: Ledger;
  effects: QuickEffect[];
  /** Outcomes that the record lacks; null where the record is being written elsewhere. */
  unsent: OutcomeRecord[] | null;
  /** When the step began, in epoch milliseconds: a clock of the worker's own would differ on replay. */
  at: number;
}

export interface StepDone {
  /** One for each effect; null where this was not the place or the time for it. */
  results: (EffectResult | null)[];
  /** Whether the record is written, with the results in it. */
  isRecorded: boolean;
}

/** Leaves half a second for the record, before the task has been held for too long. */
const PATIENCE_MS = 1_500;

export function createTakeStep(deps: {
  createPayment: GatewayCalls['createPayment'];
  effects: RunEffects;
  writeRecord: (record: OrderRecord) => Promise<void>;
}): (request: StepRequest) => Promise<StepDone> {
  const { createPayment, effects, writeRecord } = deps;

  async function run(effect: QuickEffect, ledger: Ledger): Promise<EffectResult> {
    const { key } = effect;
    if (effect.effect === 'create_payment') {
      const { orderId, gateway, currency } = ledger.terms;
      const answer = await createPayment({ orderId, gateway, currency, command: effect });
      return { key, type: 'effect.answered', attempts: 1, answer };
    }
    const perform = effects[effect.effect] as RunEffect<BusinessEffectName>;
    await perform({ order: viewOf(ledger), command: effect });
    return { key, type: 'effect.answered', attempts: 1, answer: null };
  }

  async function attempt(effect: QuickEffect, ledger: Ledger): Promise<EffectResult | null> {
    try {
      return await run(effect, ledger);
    } catch (error) {
      const code = refusalCodeOf(error);
      return code === null ? null : { key: effect.key, type: 'effect.refused', attempts: 1, code };
    }
  }

  const inTime = { milliseconds: PATIENCE_MS, fallback: () => null };

  return async ({ ledger, effects, unsent, at }) => {
    const results = await Promise.all(
      effects.map((effect) => pTimeout(attempt(effect, ledger), inTime)),
    );
    if (unsent === null) return { results, isRecorded: false };
    const isRecorded = await writeRecord(
      recordAfter({ ledger, records: unsent }, results, at),
    ).then(
      () => true,
      () => false,
    );
    return { results, isRecorded };
  };
}

/** What the order itself comes to when it hears of the results: the state machine is pure. */
function recordAfter(
  before: OrderRecord,
  results: readonly (EffectResult | null)[],
  at: number,
): OrderRecord {
  return results
    .filter((result) => result !== null)
    .reduce(({ ledger, records }, result) => {
      const after = transition(ledger, effectEvent(result, at));
      return { ledger: after.ledger, records: [...records, ...after.records] };
    }, before);
}
