/**
 * What beats on Payonce beside the orders' own stories: bursts of one event, a flood of another, and
 * strangers. Everything has its time, and whoever measures may ask how late it came.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Caller } from './caller.ts';
import { sendHostileRequest, sendHostileSignal } from './hostile.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Relay } from './relay.ts';
import type { GatewayEvent } from './webhook-sender.ts';

interface PressureParts {
  profile: Profile;
  caller: Caller;
  relay: Relay;
  client: Client;
  random: Random;
  /** Aborted when nobody insists on anything any more. */
  signal: AbortSignal;
  /** Of the load, in milliseconds since 1970. */
  startedAt: number;
  /** The orders that have come so far. */
  orderIds: readonly string[];
}

export interface Pressure {
  hostileSignals(): number;
  latenessMs(): number;
  done: Promise<void>;
}

const BURST_SIZE = 50;
const FLOOD_LANES = 8;
const EVENT_PATIENCE_MS = 500;

export function press(parts: PressureParts): Pressure {
  const { profile, caller, relay, client, signal, orderIds, startedAt } = parts;
  const dice = parts.random.fork('strangers');
  let latenessMs = 0;
  let hostileSignals = 0;

  /** What waited for the one before it is not late for that. */
  async function at(ms: number): Promise<void> {
    const dueAt = Math.max(startedAt + ms, Date.now());
    await sleep(dueAt - Date.now());
    latenessMs = Math.max(latenessMs, Date.now() - dueAt);
  }

  /** Evenly over the whole load: what happens once happens in its middle. */
  async function repeat(count: number, act: () => Promise<void>): Promise<void> {
    const gapMs = profile.loadMs / Math.max(1, count);
    for (let i = 0; i < count; i += 1) {
      await at((i + 0.5) * gapMs);
      await act();
    }
  }

  /** An order that has closed, or whose server is down, takes no signal. */
  async function signalSomebody(): Promise<void> {
    while (!signal.aborted) {
      const orderId = orderIds[dice.int(0, orderIds.length - 1)];
      if (orderId === undefined) await sleep(EVENT_PATIENCE_MS);
      else if (await sendHostileSignal(client, orderId, dice)) {
        hostileSignals += 1;
        return;
      }
    }
  }

  async function flood(): Promise<void> {
    const event = await someEvent(parts, dice);
    let left = profile.floodDeliveries;
    const lane = async (): Promise<void> => {
      for (; left > 0; left -= 1) await relay.deliver(event);
    };
    await Promise.all(Array.from({ length: FLOOD_LANES }, lane));
  }

  const done = Promise.all([
    repeat(profile.bursts, async () => burst(relay, await someEvent(parts, dice))),
    repeat(profile.floods, flood),
    repeat(profile.hostileRequests, async () => void sendHostileRequest(caller, dice)),
    repeat(profile.hostileSignals, async () => void signalSomebody()),
  ]).then(() => {});
  return { hostileSignals: () => hostileSignals, latenessMs: () => latenessMs, done };
}

async function burst(relay: Relay, event: GatewayEvent): Promise<void> {
  await Promise.all(Array.from({ length: BURST_SIZE }, () => relay.deliver(event)));
}

/** Not the only one of its order, which may still wait to be overtaken. */
async function someEvent(
  { orderIds, relay }: PressureParts,
  random: Random,
): Promise<GatewayEvent> {
  for (;;) {
    const events = orderIds.flatMap((orderId) => relay.eventsOf(orderId).slice(1).slice(-1));
    if (events.length > 0) return random.pick(events);
    await sleep(EVENT_PATIENCE_MS);
  }
}
