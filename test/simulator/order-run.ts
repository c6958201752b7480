/**
 * The order's loop without Temporal: one thing at a time, effects beside it, one alarm. A crash keeps
 * what Temporal would keep (the ledger as JSON, the inbox, unsent records) and loses the rest; what is
 * open in the ledger is then started again under its own key.
 */
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { type Effect, type GatewayCall, isBusinessEffect } from '../../src/domain/effects.ts';
import { type DomainEvent, type EffectResult, effectEvent } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import { type Transition, transition } from '../../src/domain/transition.ts';
import type { InboxItem } from '../../src/workflows/messages.ts';
import { readSignal } from '../../src/workflows/read-signal.ts';
import { isIdle, noteRecords, openRun, type Run } from '../../src/workflows/run.ts';
import { MINUTE_MS, SECOND_MS } from './agenda.ts';
import type { Reply } from './gateway-calls.ts';
import { nameOf, toldOf } from './notes.ts';
import type { RecordStore } from './record-store.ts';
import type { Sinks } from './sinks.ts';
import type { World } from './world.ts';

export interface OrderRun {
  signal(item: InboxItem): void;
  /** Ends the run between two steps and begins the next, with or without what is under way. */
  restart(how: 'crashed' | 'continued'): void;
  isClosed(): boolean;
  ledger(): Ledger;
}

export interface Surroundings {
  callGateway(command: GatewayCall, reply: Reply): void;
  sinks: Sinks;
  records: RecordStore;
  /** Looks at every step. */
  watch(before: Ledger, event: DomainEvent, after: Transition): void;
}

interface Order extends Surroundings {
  world: World;
  /** Null while the order is closed; then `stored` has its ledger. */
  run: Run | null;
  stored: Ledger;
  /** Whatever was begun by an earlier run is not heard by the present one. */
  generation: number;
  isLooping: boolean;
  downUntil: number;
}

export function createOrderRun(world: World, around: Surroundings): OrderRun {
  const run = { ...openRun(openLedger(world.terms), [], []), isRecordStale: false };
  const start = { run, stored: run.ledger, generation: 0, isLooping: false, downUntil: 0 };
  const order: Order = { ...around, world, ...start };
  return {
    signal: (item) => signal(order, item),
    restart: (how) => restart(order, how),
    isClosed: () => order.run === null,
    ledger: () => order.run?.ledger ?? order.stored,
  };
}

function mayHappen({ world }: Order, probability: number): boolean {
  return world.faults.on && world.dice.chance(probability);
}

function wake(order: Order): void {
  const { world } = order;
  const { agenda } = world;
  if (order.run === null || order.isLooping) return;
  if (agenda.now() < order.downUntil)
    return agenda.after(order.downUntil - agenda.now(), () => wake(order));
  order.isLooping = true;
  if (mayHappen(order, world.faults.crash)) restart(order, 'crashed');
  while (order.run !== null && turnOnce(order, order.run));
  order.isLooping = false;
}

/** One round of the loop; false when there is nothing to do until something happens. */
function turnOnce(order: Order, run: Run): boolean {
  const { world } = order;
  for (let event = nextEvent(order, run); event !== null; event = nextEvent(order, run)) {
    takeUp(order, run, event);
    if (!mayHappen(order, world.faults.crash)) continue;
    restart(order, 'crashed');
    return false;
  }
  for (const effect of run.due.splice(0)) begin(order, run, effect);
  write(order, run);
  if (run.results.length > 0 || run.inbox.length > 0) return true;
  if (!run.ledger.closed || !isIdle(run)) {
    setAlarm(order, run);
    return false;
  }
  world.note(() => 'the run closes');
  order.stored = run.ledger;
  order.run = null;
  return false;
}

function nextEvent({ world }: Order, run: Run): DomainEvent | null {
  const at = world.agenda.now();
  const result = run.results.shift();
  if (result !== undefined) return result;
  const item = run.inbox.shift();
  if (item !== undefined) return readSignal(item, at);
  const deadline = nextDeadline(run.ledger);
  if (deadline === null || deadline.at > at) return null;
  const { name } = deadline;
  const id = `${name}-${deadline.at}`;
  return { type: 'deadline.reached', deadline: name, id, source: 'timer', at };
}

function takeUp(order: Order, run: Run, event: DomainEvent): void {
  const before = run.ledger;
  const after = transition(before, event);
  order.world.note(() => `  ${nameOf(event)} ⇒ ${toldOf(after)}`);
  order.watch(before, event, after);
  run.ledger = after.ledger;
  run.isRecordStale = true;
  noteRecords(run, after.records);
  run.due.push(...after.effects);
}

function begin(order: Order, run: Run, effect: Effect): void {
  const mine = order.generation;
  run.effectsInFlight += 1;
  const reply = (result: EffectResult): void => {
    if (mine !== order.generation) return;
    run.effectsInFlight -= 1;
    run.results.push(effectEvent(result, order.world.agenda.now()));
    wake(order);
  };
  if (isBusinessEffect(effect)) order.sinks.perform(effect, reply);
  else order.callGateway(effect, reply);
}

function write(order: Order, run: Run): void {
  const { world, records } = order;
  if (!run.isRecordStale || run.isRecording) return;
  run.isRecordStale = false;
  const request = [...run.unsent];
  const isSilent = mayHappen(order, world.faults.recordLoss);
  // Written, and perhaps nobody hears of it: then the same is written again.
  if (!isSilent || world.dice.chance(0.5)) records.write(request);
  if (!isSilent) {
    run.unsent = [];
    return;
  }
  const mine = order.generation;
  run.isRecording = true;
  world.agenda.after(MINUTE_MS, () => {
    records.write(request);
    if (mine !== order.generation) return;
    run.unsent = run.unsent.slice(request.length);
    run.isRecording = false;
    wake(order);
  });
}

function setAlarm(order: Order, run: Run): void {
  const { agenda } = order.world;
  const deadline = nextDeadline(run.ledger);
  if (deadline === null || run.alarms.some(({ at }) => at <= deadline.at)) return;
  const mine = order.generation;
  const alarm = { at: deadline.at, cancel: () => undefined };
  run.alarms.push(alarm);
  agenda.after(Math.max(1, deadline.at - agenda.now()), () => {
    if (mine !== order.generation) return;
    run.alarms = run.alarms.filter((other) => other !== alarm);
    wake(order);
  });
}

function restart(order: Order, how: 'crashed' | 'continued'): void {
  const { run, world } = order;
  if (run === null) return;
  if (how === 'continued' && (run.effectsInFlight > 0 || run.isRecording)) return;
  world.note(() => `the run is ${how}`);
  order.generation += 1;
  const carried = JSON.parse(JSON.stringify(run.ledger)) as Ledger;
  order.run = openRun(carried, run.inbox, run.unsent);
  if (how === 'crashed')
    order.downUntil = world.agenda.now() + world.dice.pick([0, SECOND_MS, 20 * MINUTE_MS]);
  world.agenda.after(0, () => wake(order));
}

function signal(order: Order, item: InboxItem): void {
  const { world } = order;
  if (order.run === null) {
    world.note(() => 'a new run opens from the record');
    order.generation += 1;
    order.run = openRun({ ...order.stored, closed: false }, [], []);
  }
  order.run.inbox.push(item);
  const latencyMs = world.faults.on ? world.dice.pick([0, 0, SECOND_MS]) : 0;
  world.agenda.after(latencyMs, () => wake(order));
}
