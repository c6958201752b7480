/**
 * Lives all orders at the times that were planned, with strangers in between. It notices when it cannot keep
 * up itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ORDER_STATES, type OrderState } from '../src/domain/order.ts';
import { createAct, type Wait } from './acts.ts';
import type { Caller } from './caller.ts';
import type { Customer } from './customer.ts';
import { LIVES, type LifeName } from './lives.ts';
import type { Arrival } from './plan-orders.ts';
import { press } from './pressure.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Relay } from './relay.ts';

export interface DriverParts {
  arrivals: readonly Arrival[];
  /** Come after them, as long as the load goes on. */
  reserve: readonly Arrival[];
  profile: Profile;
  caller: Caller;
  customer: Customer;
  relay: Relay;
  client: Client;
  random: Random;
  signal: AbortSignal;
  /** The orders that an operator asked to cancel in Temporal, so far. */
  cancelledByHand: ReadonlySet<string>;
}

export interface Driven {
  waits: readonly Wait[];
  /** In which states each order may end; an order that is still being lived has none yet. */
  expected: ReadonlyMap<string, readonly OrderState[]>;
  /** Lives that ended before their story did, with the reason. */
  broken: ReadonlyMap<string, string>;
  /** How many orders of each kind have come. */
  lives: Readonly<Partial<Record<LifeName, number>>>;
  /** Hostile signals that Temporal has taken. */
  hostileSignals(): number;
  /** The longest that anything began after its time, in milliseconds. */
  latenessMs(): number;
  /** How many orders have come. */
  begun(): number;
  /** Nobody comes any more. Gives the orders that have come. */
  endArrivals(): readonly string[];
  /** Resolves when every life, burst and flood has ended. */
  done: Promise<void>;
}

/**
 * So many orders are lived at once; most of them wait for a fault to end. On a machine that cannot bear more,
 * orders come later than planned, and those that have not come when the load ends do not come at all; faults
 * never wait.
 */
const MAX_LIVES = 100;

export function drive(parts: DriverParts): Driven {
  const { arrivals, reserve, client, random, signal, cancelledByHand } = parts;
  const waits: Wait[] = [];
  const expected = new Map<string, readonly OrderState[]>();
  const broken = new Map<string, string>();
  const lives: Partial<Record<LifeName, number>> = {};
  const begun: string[] = [];
  const startedAt = Date.now();
  let isOver = false;

  async function live({ order, life, at: arrivesAt }: Arrival): Promise<void> {
    const pauseMs = Math.max(0, startedAt + arrivesAt - Date.now());
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    if (isOver || signal.aborted) return;
    begun.push(order.id);
    lives[life] = (lives[life] ?? 0) + 1;
    const act = createAct({
      ...parts,
      order,
      random: random.fork(order.id),
      waited: (wait) => waits.push(wait),
      isClosed: (orderId) => isClosed(client, orderId),
      isCancelledByHand: () => cancelledByHand.has(order.id),
    });
    try {
      expected.set(order.id, await LIVES[life].live(act));
    } catch (error) {
      // Its money is judged as ever; what its people meant to do with it is another matter.
      if (cancelledByHand.has(order.id)) expected.set(order.id, ORDER_STATES);
      else broken.set(order.id, `${life}: ${String(error)}`);
    }
  }

  const queue = [...arrivals, ...reserve].values();
  const lane = async (): Promise<void> => {
    for (const arrival of queue) await live(arrival);
  };
  const pressure = press({ ...parts, startedAt, orderIds: begun });
  const lived = Array.from({ length: MAX_LIVES }, lane);
  return {
    waits,
    expected,
    broken,
    lives,
    hostileSignals: pressure.hostileSignals,
    latenessMs: pressure.latenessMs,
    begun: () => begun.length,
    endArrivals: () => {
      isOver = true;
      return begun;
    },
    done: Promise.all([...lived, pressure.done]).then(() => {}),
  };
}

/** A server that is down cannot say so, and one that has lost its runs has none of a closed order. */
async function isClosed(client: Client, orderId: string): Promise<boolean> {
  const status = await client.workflow
    .getHandle(orderId)
    .describe()
    .then(
      (described) => described.status.name,
      (error: unknown) => (error instanceof WorkflowNotFoundError ? 'COMPLETED' : null),
    );
  return status === 'COMPLETED';
}
