/** What the simulated order consists of, and how what arrives changes the memory of its run. */
import type { EffectResult } from '../../src/domain/events.ts';
import {
  onEffectSettled,
  onRecordWritten,
  onTimerFired,
  type Written,
} from '../../src/workflows/completions.ts';
import type { InboxItem } from '../../src/workflows/inbox/messages.ts';
import type { Run } from '../../src/workflows/run.ts';
import type { GatewayCalls } from './gateway-calls.ts';
import type { Memory, Watcher } from './invariants.ts';
import type { RecordStore } from './record-store.ts';
import type { Sinks } from './sinks.ts';
import type { World } from './world.ts';

/** What Temporal delivers to a workflow task, and delivers again when the task was lost. */
export type Arrival =
  | { what: 'signal'; item: InboxItem }
  | { what: 'result'; result: EffectResult }
  | ({ what: 'written' } & Written)
  | { what: 'rang'; at: number };

export interface Surroundings {
  gateway: GatewayCalls;
  sinks: Sinks;
  records: RecordStore;
  watcher: Watcher;
}

/** The run as Temporal would come to it by replay: as the last completed task has left it. */
export interface Durable {
  run: Run;
  memory: Memory;
}

export interface Order extends Surroundings {
  world: World;
  /** Null while the order is closed. */
  run: Run | null;
  durable: Durable;
  /** Since the last completed task, in order. */
  arrived: Arrival[];
  /** What the present task starts beside the loop: Temporal hears of it when the task is completed. */
  commands: (() => void)[];
  /** Whatever was begun by an earlier run is not heard by the present one. */
  generation: number;
  /** A task is to be done although nothing has arrived. */
  isDue: boolean;
  /** The next task will be lost. */
  isDoomed: boolean;
  /** The server finds the run's history long. */
  isSuggested: boolean;
  downUntil: number;
  /** How often a task was lost, or the order went on from what it had not heard of. */
  detours: number;
  wake(): void;
}

/** The task is lost with its worker. Thrown often, and nobody asks where: it has no stack to be collected. */
export class TaskLost {
  readonly name = 'TaskLost';
}

export function mayHappen({ world }: Order, probability: number): boolean {
  return world.faults.on && world.dice.chance(probability);
}

/** @throws TaskLost now and then */
export function mayBeLost(order: Order): void {
  const { crash } = order.world.faults;
  if (mayHappen(order, order.isDoomed ? 0.5 : crash)) throw new TaskLost();
}

/** Temporal keeps what has come of a command for the run that gave it, whatever happens to its tasks. */
export function command(order: Order, start: (reply: (arrival: Arrival) => void) => void): void {
  const { generation, world } = order;
  order.commands.push(() =>
    start((arrival) => {
      if (generation !== order.generation || order.run === null) return;
      order.arrived.push(arrival);
      world.agenda.after(0, () => order.wake());
    }),
  );
}

export function receive(run: Run, arrival: Arrival, at: number): void {
  switch (arrival.what) {
    case 'signal':
      run.inbox.push(arrival.item);
      return;
    case 'result':
      return onEffectSettled(run, arrival.result, at);
    case 'written':
      return onRecordWritten(run, arrival);
    case 'rang':
      // One that was cancelled is not heard.
      if (run.timers.some((alarm) => alarm.at === arrival.at)) onTimerFired(run, arrival.at);
  }
}

export function durableOf({ watcher }: Pick<Order, 'watcher'>, run: Run): Durable {
  return { run: setAside(run), memory: watcher.memory() };
}

export function runFrom({ run }: Durable): Run {
  return setAside(run);
}

/** Ledgers are never changed, only followed by others; lists are. */
function setAside(run: Run): Run {
  const { inbox, results, due, inFlight, journal, unsent, timeline, timers } = run;
  return {
    ...run,
    inbox: [...inbox],
    results: [...results],
    due: [...due],
    inFlight: [...inFlight],
    journal: [...journal],
    unsent: [...unsent],
    timeline: [...timeline],
    timers: [...timers],
  };
}
