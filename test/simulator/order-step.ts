/** One step of the simulated order, as src/workflows/step.ts and src/activities/take-step.ts take it. */
import {
  type Effect,
  isBusinessEffect,
  isQuick,
  type QuickEffect,
} from '../../src/domain/effects.ts';
import { type DomainEvent, type EffectResult, effectEvent } from '../../src/domain/events.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { type Transition, transition } from '../../src/domain/transition.ts';
import { isRecordDue, noteRecorded, openNow, type Run } from '../../src/workflows/run.ts';
import { adopt, takeUp } from '../../src/workflows/take-up.ts';
import { MINUTE_MS, SECOND_MS } from './agenda.ts';
import { nameOf, toldOf } from './notes.ts';
import { command, mayBeLost, mayHappen, type Order, TaskLost } from './order-state.ts';
import type { Written } from './record-store.ts';

type Results = (EffectResult | null)[];

interface StepDone {
  results: Results;
  recorded: number | null;
  other: Ledger | null;
}

const NOTHING_DONE: StepDone = { results: [], recorded: null, other: null };
/** A worker that is only held up goes on with a step that Temporal has given up long ago. */
const HELD_UP = 0.3;

export function takeStep(order: Order, run: Run): void {
  const due = run.due.splice(0).length > 0 ? openNow(run) : [];
  const effects = run.isRecording ? [] : due.filter(isQuick);
  const at = order.world.agenda.now();
  const isTried = effects.length > 0 || isRecordDue(run);
  const { results, recorded, other } = isTried
    ? tryInsideTask(order, recordOf(order, run), effects)
    : NOTHING_DONE;
  if (other !== null) return goOnFrom(order, run, other);
  if (recorded !== null) noteRecorded(run);
  const isWritten = run.ledger.revision === run.recorded;
  for (const result of results) if (result !== null) takeUpOne(order, run, effectEvent(result, at));
  if (recorded === run.ledger.revision) noteRecorded(run);
  const done = new Set(effects.filter((_, i) => results[i]).map(({ key }) => key));
  for (const effect of due) if (!done.has(effect.key) && isWritten) startBeside(order, run, effect);
  if (isRecordDue(run)) recordBeside(order, run);
}

export function takeUpOne(order: Order, run: Run, event: DomainEvent): void {
  const before = run.ledger;
  watch(order, before, event, takeUp(run, event));
}

export function goOnFrom(order: Order, run: Run, other: Ledger): void {
  const { records, watcher, world } = order;
  order.detours += 1;
  world.note(() => `  goes on from revision ${other.revision}, not ${run.ledger.revision}`);
  watcher.goBack(records.memoryOf(other.revision));
  adopt(run, other);
  let ledger = other;
  // The transition is pure: done again, it shows what the order has just decided.
  for (const event of run.journal) {
    const after = transition(ledger, event);
    watch(order, ledger, event, after);
    ledger = after.ledger;
  }
}

function watch(
  { watcher, world }: Order,
  before: Ledger,
  event: DomainEvent,
  after: Transition,
): void {
  world.note(() => `  ${nameOf(event)} ⇒ ${toldOf(after)}`);
  watcher.watch(before, event, after);
}

function recordOf({ watcher }: Order, { ledger, unsent, recorded }: Run): Written {
  return { ledger, records: [...unsent], known: recorded, memory: watcher.memory() };
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

function startBeside(order: Order, run: Run, effect: Effect): void {
  run.inFlight.push(effect.key);
  command(order, (reply) => {
    const answer = (result: EffectResult): void => reply({ what: 'result', result });
    if (isBusinessEffect(effect)) order.sinks.perform(effect, answer);
    else order.gateway.call(effect, answer);
  });
}

/** Tried until it is done, as the activity is, also when nobody listens any more. */
function recordBeside(order: Order, run: Run): void {
  const record = recordOf(order, run);
  const { revision } = record.ledger;
  const { agenda, dice, note } = order.world;
  run.isRecording = true;
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
