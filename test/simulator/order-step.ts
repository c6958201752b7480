/**
 * A step of the simulated order: the order's own, done as src/activities/take-step.ts does it, by somebody
 * who may be lost at any place.
 */
import { isDeepStrictEqual } from 'node:util';
import type { StepDone } from '../../src/activities/take-step.ts';
import {
  type Effect,
  isBusinessEffect,
  type QuickEffect,
} from '../../src/domain/effects/effects.ts';
import { type EffectResult, effectEvent } from '../../src/domain/events.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { transition } from '../../src/domain/transition.ts';
import type { AppliedEvents } from '../../src/workflows/apply-events.ts';
import type { Run } from '../../src/workflows/run.ts';
import {
  concludeStep,
  NOTHING_DONE,
  type OrderRecord,
  planStep,
} from '../../src/workflows/step.ts';
import { demand } from '../invariants/demand.ts';
import { MINUTE_MS, SECOND_MS } from './agenda.ts';
import { nameOf, toldOf } from './notes.ts';
import { command, mayBeLost, mayHappen, type Order, TaskLost } from './order-state.ts';
import type { Written } from './record-store.ts';

type Results = StepDone['results'];

/** A worker that is only held up goes on with a step that Temporal has given up long ago. */
const HELD_UP = 0.3;

export function takeStep(order: Order, run: Run): void {
  const { intakePerTask } = order.world;
  const isMuch = run.due.length > intakePerTask;
  const step = planStep(run, isMuch ? intakePerTask : Number.POSITIVE_INFINITY);
  const at = order.world.agenda.now();
  const done =
    step.record === null
      ? NOTHING_DONE
      : tryInsideTask(order, withMemory(order, step.record), step.effects);
  const { other } = done;
  if (other !== null) goBack(order, run, other);
  const { effects, record, taken } = concludeStep(run, step, done, at);
  watch(order, taken);
  for (const effect of effects) performInBackground(order, effect);
  if (record !== null) writeInBackground(order, withMemory(order, record));
}

/** What the order takes up next, it takes up on top of this ledger and not of its own. */
export function goBack(order: Order, run: Run, to: Ledger): void {
  const { records, watcher, world } = order;
  order.detours += 1;
  world.note(() => `  goes on from revision ${to.revision}, not ${run.ledger.revision}`);
  watcher.goBack(records.memoryOf(to.revision));
}

/** Looks at each event by itself, and demands that several on one copy come to the same. */
export function watch({ watcher, world }: Order, taken: readonly AppliedEvents[]): void {
  for (const { before, events, after } of taken) {
    let ledger = before;
    for (const event of events) {
      const next = transition(ledger, event);
      world.note(() => `  ${nameOf(event)} ⇒ ${toldOf(next)}`);
      watcher.watch(ledger, event, next);
      ledger = next.ledger;
    }
    demand(
      isDeepStrictEqual(ledger, after),
      'events applied to one copy come to the same as each to a copy of its own',
      () => `${events.length} events`,
    );
  }
}

function withMemory({ watcher }: Order, record: OrderRecord): Written {
  return { ...record, memory: watcher.memory() };
}

/** @throws TaskLost at any place */
function tryInsideTask(order: Order, record: Written, effects: QuickEffect[]): StepDone {
  const untried = effects.map(() => null);
  const other = order.records.write(record);
  if (other === null) {
    order.world.note(() => `  written: revision ${record.ledger.revision}`);
    if (mayHappen(order, order.world.faults.crash * HELD_UP)) holdUp(order, record, effects);
  }
  mayBeLost(order);
  if (other === undefined) return { results: untried, recorded: null, other: null };
  if (other !== null) return { results: untried, recorded: null, other };
  const at = order.world.agenda.now();
  const results = effects.map((effect) => {
    const result = tryOnce(order, effect);
    mayBeLost(order);
    return result;
  });
  const after = recordAfter(order, record, results, at);
  const isDone = after.ledger !== record.ledger && order.records.write(after) === null;
  mayBeLost(order);
  // The step was done, in more time than it had.
  if (mayHappen(order, order.world.faults.recordLoss / 2)) return NOTHING_DONE;
  return { results, recorded: (isDone ? after : record).ledger.revision, other: null };
}

/** @throws TaskLost */
function holdUp(order: Order, record: Written, effects: QuickEffect[]): never {
  const { agenda, dice, note } = order.world;
  const at = agenda.now();
  agenda.after(dice.pick([0, SECOND_MS, MINUTE_MS]), () => {
    note(() => `a step that was held up goes on from revision ${record.ledger.revision}`);
    const results = effects.map((effect) => tryOnce(order, effect));
    order.records.write(recordAfter(order, record, results, at));
  });
  throw new TaskLost();
}

function tryOnce({ gateway, sinks, world }: Order, effect: QuickEffect): EffectResult | null {
  const result = isBusinessEffect(effect) ? sinks.tryOnce(effect) : gateway.tryOnce(effect);
  world.note(() => `  tried ${effect.key}: ${result?.type ?? 'no answer in time'}`);
  return result;
}

function recordAfter({ watcher }: Order, record: Written, results: Results, at: number): Written {
  const present = watcher.memory();
  watcher.goBack(record.memory);
  const { ledger } = record;
  const after: Written = { ...record, ledger, records: [], known: ledger.revision };
  for (const result of results) {
    if (result === null) continue;
    const event = effectEvent(result, at);
    const next = transition(after.ledger, event);
    watcher.watch(after.ledger, event, next);
    after.ledger = next.ledger;
    after.records.push(...next.records);
  }
  after.memory = watcher.memory();
  watcher.goBack(present);
  return after;
}

function performInBackground(order: Order, effect: Effect): void {
  command(order, (reply) => {
    const answer = (result: EffectResult): void => reply({ what: 'result', result });
    if (isBusinessEffect(effect)) order.sinks.perform(effect, answer);
    else order.gateway.call(effect, answer);
  });
}

/** Tried until it is done, as the activity is, also when nobody listens any more. */
function writeInBackground(order: Order, record: Written): void {
  const { revision } = record.ledger;
  const { agenda, dice, note } = order.world;
  command(order, (reply) => {
    const attempt = (): void => {
      const other = order.records.write(record);
      if (other === undefined)
        return agenda.after(dice.pick([SECOND_MS, MINUTE_MS, 20 * MINUTE_MS]), attempt);
      note(() => `beside the loop: revision ${revision} is ${other === null ? '' : 'not '}written`);
      reply({ what: 'written', revision, records: record.records.length, other });
    };
    agenda.after(dice.pick([0, 0, SECOND_MS, MINUTE_MS]), attempt);
  });
}
