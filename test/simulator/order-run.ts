/**
 * The order's loop without Temporal, in tasks: each is one uninterrupted run of the loop until it waits. A
 * task that is lost takes all memory with it: the next one begins where the last completed one has ended,
 * with all that has arrived since. What was written or done outside meanwhile stays.
 */

import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import type { Deadline } from '../../src/domain/schedule/deadlines.ts';
import { applyQueued } from '../../src/workflows/apply-events.ts';
import { carriedFrom, mustContinue } from '../../src/workflows/continuing.ts';
import type { InboxItem } from '../../src/workflows/inbox/messages.ts';
import { readSignal } from '../../src/workflows/inbox/read-signal.ts';
import {
  type Beginning,
  hasQueuedEvents,
  isIdle,
  isRecordDue,
  openRun,
  type Run,
} from '../../src/workflows/run.ts';
import { firedDeadline, setTimer } from '../../src/workflows/timers.ts';
import { MINUTE_MS, SECOND_MS } from './agenda.ts';
import {
  command,
  durableOf,
  mayBeLost,
  type Order,
  receive,
  runFrom,
  type Surroundings,
  TaskLost,
} from './order-state.ts';
import { goBack, takeStep, watch } from './order-step.ts';
import type { World } from './world.ts';

export interface OrderRun {
  start(): void;
  signal(item: InboxItem): void;
  /** The next task will be lost. */
  doom(): void;
  /** The server finds the history long: the run is to be continued as soon as nothing is under way. */
  suggestContinuing(): void;
  isClosed(): boolean;
  /** The newest that there is, in memory or in the record. */
  ledger(): Ledger;
  /** How often each signal came, by its id. */
  inputs: Map<string, { times: number; isReadable: boolean }>;
  /** How often a task was lost, or the order went on from what it had not heard of. */
  detours(): number;
}

export function createOrderRun(world: World, around: Surroundings): OrderRun {
  const inputs: OrderRun['inputs'] = new Map();
  const run = openRun({ ledger: openLedger(world.terms), inbox: [] });
  const nothing = { arrived: [], commands: [], generation: 0, isDoomed: false, isSuggested: false };
  const order: Order = {
    ...around,
    ...nothing,
    isDue: true,
    world,
    run,
    durable: durableOf(around, run),
    downUntil: 0,
    detours: 0,
    wake: () => wake(order),
  };
  return {
    inputs,
    start: () => wake(order),
    signal(item) {
      const { id, type } = readSignal(item, world.agenda.now());
      const { times } = inputs.get(id) ?? { times: 0 };
      inputs.set(id, { times: times + 1, isReadable: type !== 'unreadable' });
      signal(order, item);
    },
    doom: () => {
      order.isDoomed = world.faults.on;
    },
    suggestContinuing() {
      order.isSuggested = true;
      order.isDue = true;
      wake(order);
    },
    isClosed: () => order.run === null,
    ledger() {
      const written = around.records.read();
      const { ledger } = order.run ?? { ledger: written };
      return ledger.revision >= written.revision ? ledger : written;
    },
    detours: () => order.detours,
  };
}

function signal(order: Order, item: InboxItem): void {
  const { records, world } = order;
  if (order.run === null) {
    world.note(() => 'a new run opens from the record');
    begin(order, { ledger: { ...records.read(), closed: false }, inbox: [] });
  }
  order.arrived.push({ what: 'signal', item });
  const latencyMs = world.faults.on ? world.dice.pick([0, 0, SECOND_MS]) : 0;
  world.agenda.after(latencyMs, order.wake);
}

function begin(order: Order, beginning: Beginning): void {
  order.generation += 1;
  order.isSuggested = false;
  order.run = openRun(beginning);
  order.durable = durableOf(order, order.run);
  order.isDue = true;
}

/** Timers end with their run, and nobody hears what it had begun. */
function continueRun(order: Order, run: Run): void {
  order.world.note(() => 'the run is continued');
  begin(order, JSON.parse(JSON.stringify(carriedFrom(run))) as Beginning);
  order.world.agenda.after(0, order.wake);
}

/** Does a task, if there is one to be done. */
function wake(order: Order): void {
  const { agenda } = order.world;
  if (order.run === null || (order.arrived.length === 0 && !order.isDue)) return;
  if (agenda.now() < order.downUntil)
    return agenda.after(order.downUntil - agenda.now(), order.wake);
  const { run } = order;
  for (const arrival of order.arrived) receive(run, arrival, agenda.now());
  try {
    const end = loop(order, run);
    mayBeLost(order);
    complete(order, run, end);
  } catch (error) {
    if (!(error instanceof TaskLost)) throw error;
    lose(order);
  }
}

/** How a task ends: the run waits for what arrives next, goes on with a backlog, is over, or is continued by another one. */
type End = 'waiting' | 'backlog' | 'closed' | 'continued';

function loop(order: Order, run: Run): End {
  const { isSuggested, world } = order;
  const limits = { isSuggested, signalsPerRun: world.signalsPerRun };
  for (;;) {
    const isBacklog = run.inbox.length > world.intakePerTask;
    applyEvents(order, run, isBacklog ? world.intakePerTask : Number.POSITIVE_INFINITY);
    takeStep(order, run);
    if (isBacklog) return mustContinue(run, limits) ? 'continued' : 'backlog';
    if (hasQueuedEvents(run) || run.due.length > 0) continue;
    if (run.ledger.closed && isIdle(run)) return 'closed';
    if (mustContinue(run, limits)) return 'continued';
    setTimer(run, world.agenda.now(), (deadline) => ring(order, deadline));
    if (firedDeadline(run) === null && !isRecordDue(run)) return 'waiting';
  }
}

function applyEvents(order: Order, run: Run, limit: number): void {
  if (run.other !== null) goBack(order, run, run.other);
  watch(order, applyQueued(run, order.world.agenda.now(), limit));
}

function ring(order: Order, { at }: Deadline): () => void {
  const { agenda } = order.world;
  command(order, (reply) =>
    agenda.after(Math.max(1, at - agenda.now()), () => reply({ what: 'rang', at })),
  );
  return () => undefined;
}

function complete(order: Order, run: Run, end: End): void {
  order.isDue = false;
  order.arrived = [];
  order.durable = durableOf(order, run);
  for (const start of order.commands.splice(0)) start();
  if (end === 'continued') return continueRun(order, run);
  if (end === 'backlog') {
    order.isDue = true;
    return order.world.agenda.after(0, order.wake);
  }
  if (end === 'waiting') return;
  order.world.note(() => 'the run closes');
  order.run = null;
}

function lose(order: Order): void {
  const { agenda, dice, note } = order.world;
  note(() => 'the task is lost');
  order.detours += 1;
  order.commands = [];
  order.run = runFrom(order.durable);
  order.watcher.goBack(order.durable.memory);
  order.isDue = true;
  order.isDoomed = false;
  order.downUntil = agenda.now() + dice.pick([0, SECOND_MS, 20 * MINUTE_MS]);
  agenda.after(0, order.wake);
}
