/**
 * The order's loop without Temporal, in tasks: each is one uninterrupted run of the loop until it waits. A
 * task that is lost takes all memory with it: the next one begins where the last completed one has ended,
 * with all that has arrived since. What was written or done outside meanwhile stays.
 */
import { nextDeadline } from '../../src/domain/deadlines.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import type { InboxItem } from '../../src/workflows/messages.ts';
import { readSignal } from '../../src/workflows/read-signal.ts';
import { type Beginning, isIdle, isRecordDue, openRun, type Run } from '../../src/workflows/run.ts';
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
import { goOnFrom, takeStep, takeUpOne } from './order-step.ts';
import type { World } from './world.ts';

export interface OrderRun {
  start(): void;
  signal(item: InboxItem): void;
  /** The next task will be lost. */
  doom(): void;
  /** Ends the run between two tasks and begins the next, unless something is under way. */
  continueAsNew(): void;
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
  const nothing = { arrived: [], commands: [], generation: 0, isDue: true, isDoomed: false };
  const order: Order = {
    ...around,
    ...nothing,
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
    continueAsNew: () => continueAsNew(order),
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
  order.run = openRun(beginning);
  order.durable = durableOf(order, order.run);
  order.isDue = true;
}

function continueAsNew(order: Order): void {
  const { run, world } = order;
  if (run === null || run.inFlight.length > 0 || run.isRecording) return;
  world.note(() => 'the run is continued');
  const { ledger, inbox, recorded, journal, unsent } = run;
  const carried: Beginning = { ledger, inbox, since: { recorded, journal, unsent } };
  begin(order, JSON.parse(JSON.stringify(carried)) as Beginning);
  // Timers end with their run.
  order.arrived = order.arrived.filter(({ what }) => what === 'signal');
  world.agenda.after(0, order.wake);
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
    const isClosing = loop(order, run);
    mayBeLost(order);
    complete(order, run, isClosing);
  } catch (error) {
    if (!(error instanceof TaskLost)) throw error;
    lose(order);
  }
}

/** Until there is nothing to do before something arrives; true when there will be nothing any more. */
function loop(order: Order, run: Run): boolean {
  do {
    takeUpAll(order, run);
    takeStep(order, run);
    if (hasNews(run) || run.due.length > 0) continue;
    if (run.ledger.closed && isIdle(run)) return true;
    setAlarm(order, run);
  } while (hasNews(run) || run.due.length > 0 || rungDeadline(run) !== null || isRecordDue(run));
  return false;
}

function hasNews(run: Run): boolean {
  return run.inbox.length > 0 || run.results.length > 0 || run.other !== null;
}

function takeUpAll(order: Order, run: Run): void {
  if (run.other !== null) goOnFrom(order, run, run.other);
  run.other = null;
  const now = order.world.agenda.now();
  for (let event = nextEvent(run, now); event !== null; event = nextEvent(run, now))
    takeUpOne(order, run, event);
}

function nextEvent(run: Run, now: number): DomainEvent | null {
  const result = run.results.shift();
  if (result !== undefined) return result;
  const item = run.inbox.shift();
  if (item !== undefined) return readSignal(item, now);
  const deadline = rungDeadline(run);
  if (deadline === null) return null;
  run.rungAt = null;
  const { name } = deadline;
  const at = Math.max(now, deadline.at);
  const id = `${name}-${deadline.at}`;
  return { type: 'deadline.reached', deadline: name, id, source: 'timer', at };
}

function rungDeadline(run: Run): ReturnType<typeof nextDeadline> {
  const deadline = nextDeadline(run.ledger);
  return deadline?.at === run.rungAt ? deadline : null;
}

function setAlarm(order: Order, run: Run): void {
  const { agenda } = order.world;
  const deadline = nextDeadline(run.ledger);
  if (deadline === null || run.alarms.some(({ at }) => at <= deadline.at)) return;
  const { at } = deadline;
  run.alarms.push({ at, cancel: () => undefined });
  command(order, (reply) =>
    agenda.after(Math.max(1, at - agenda.now()), () => reply({ what: 'rang', at })),
  );
}

function complete(order: Order, run: Run, isClosing: boolean): void {
  order.isDue = false;
  order.arrived = [];
  order.durable = durableOf(order, run);
  for (const start of order.commands.splice(0)) start();
  if (!isClosing) return;
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
