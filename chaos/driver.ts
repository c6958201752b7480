/**
 * Lives all orders at the times that were planned, with bursts of one event, a flood of another, and
 * strangers in between. It notices when it cannot keep up itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { OrderState } from '../src/domain/order.ts';
import { createAct, type Wait } from './acts.ts';
import type { Caller } from './caller.ts';
import type { Customer } from './customer.ts';
import { sendHostileRequest, sendHostileSignal } from './hostile.ts';
import { LIVES } from './lives.ts';
import type { Arrival } from './plan-orders.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { GatewayEvent, Relay } from './relay.ts';

export interface DriverParts {
  arrivals: readonly Arrival[];
  profile: Profile;
  caller: Caller;
  customer: Customer;
  relay: Relay;
  client: Client;
  random: Random;
  signal: AbortSignal;
}

export interface Driven {
  waits: readonly Wait[];
  /** In which states each order may end; an order that is still being lived has none yet. */
  expected: ReadonlyMap<string, readonly OrderState[]>;
  /** Lives that ended before their story did, with the reason. */
  broken: ReadonlyMap<string, string>;
  /** The longest that anything began after its time, in milliseconds. */
  latenessMs(): number;
  /** Nobody comes any more. Gives the orders that have come. */
  endArrivals(): readonly string[];
  /** Resolves when every life, burst and flood has ended. */
  done: Promise<void>;
}

const BURST_SIZE = 50;
const FLOOD_LANES = 8;
/**
 * So many orders are lived at once. On a machine that cannot bear more, orders come later than planned,
 * and those that have not come when the load ends do not come at all; faults never wait.
 */
const MAX_LIVES = 24;
/** By then there are events to flood with, and enough time is left for all of them. */
const FLOOD_AT = 0.45;
const EVENT_PATIENCE_MS = 500;

export function drive(parts: DriverParts): Driven {
  const { profile, arrivals, relay, caller, client, random } = parts;
  const waits: Wait[] = [];
  const expected = new Map<string, readonly OrderState[]>();
  const broken = new Map<string, string>();
  const startedAt = Date.now();
  let latenessMs = 0;

  /** What waited for the one before it is not late for that. */
  async function at(ms: number): Promise<void> {
    const dueAt = Math.max(startedAt + ms, Date.now());
    await sleep(dueAt - Date.now());
    latenessMs = Math.max(latenessMs, Date.now() - dueAt);
  }

  const begun: string[] = [];
  const turns = Array.from({ length: MAX_LIVES }, () => Promise.resolve());
  let isOver = false;

  /** One after the other in each of the turns. */
  function queue(arrival: Arrival, index: number): Promise<void> {
    const turn = index % MAX_LIVES;
    const lived = (turns[turn] ?? Promise.resolve()).then(() => live(arrival));
    turns[turn] = lived;
    return lived;
  }

  async function live({ order, life, at: arrivesAt }: Arrival): Promise<void> {
    await sleep(Math.max(0, startedAt + arrivesAt - Date.now()));
    if (isOver) return;
    begun.push(order.id);
    const act = createAct({
      ...parts,
      order,
      random: random.fork(order.id),
      waited: (wait) => waits.push(wait),
      isClosed: (orderId) => isClosed(client, orderId),
    });
    try {
      expected.set(order.id, await LIVES[life].live(act));
    } catch (error) {
      broken.set(order.id, `${life}: ${String(error)}`);
    }
  }

  /** Evenly over the whole load. */
  async function repeat(count: number, act: () => Promise<void>): Promise<void> {
    const gapMs = profile.loadMs / Math.max(1, count);
    for (let i = 0; i < count; i += 1) {
      await at((i + 0.5) * gapMs);
      await act();
    }
  }

  const dice = random.fork('strangers');
  const someEvent = () => firstEvent(arrivals, relay, dice);
  const done = Promise.all([
    ...arrivals.map(queue),
    repeat(profile.bursts, async () => burst(relay, await someEvent())),
    repeat(profile.floodDeliveries > 0 ? 1 : 0, async () => {
      await at(profile.loadMs * FLOOD_AT);
      await flood(relay, await someEvent(), profile.floodDeliveries);
    }),
    repeat(profile.hostileRequests, async () => void sendHostileRequest(caller, dice)),
    repeat(profile.hostileSignals, async () => {
      void sendHostileSignal(client, dice.pick(arrivals).order.id, dice);
    }),
  ]).then(() => {});
  const endArrivals = () => {
    isOver = true;
    return begun;
  };
  return { waits, expected, broken, latenessMs: () => latenessMs, endArrivals, done };
}

async function burst(relay: Relay, event: GatewayEvent): Promise<void> {
  await Promise.all(Array.from({ length: BURST_SIZE }, () => relay.deliver(event)));
}

async function flood(relay: Relay, event: GatewayEvent, deliveries: number): Promise<void> {
  let left = deliveries;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await relay.deliver(event);
    }
  };
  await Promise.all(Array.from({ length: FLOOD_LANES }, lane));
}

async function firstEvent(
  arrivals: readonly Arrival[],
  relay: Relay,
  random: Random,
): Promise<GatewayEvent> {
  for (;;) {
    const events = arrivals.flatMap(({ order }) => relay.eventsOf(order.id).slice(0, 1));
    if (events.length > 0) return random.pick(events);
    await sleep(EVENT_PATIENCE_MS);
  }
}

/** A server that is down cannot say so. */
async function isClosed(client: Client, orderId: string): Promise<boolean> {
  const described = await client.workflow
    .getHandle(orderId)
    .describe()
    .catch(() => null);
  return described?.status.name === 'COMPLETED';
}
