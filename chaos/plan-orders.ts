/**
 * Which orders there will be, what becomes of each, and when it arrives: decided by the seed alone.
 */
import type { PlannedOrder } from './acts.ts';
import { LIVES, type LifeName } from './lives.ts';
import { orderCount, type Profile } from './profile.ts';
import type { Random } from './random.ts';

export interface Arrival {
  order: PlannedOrder;
  life: LifeName;
  /** Milliseconds after the load has begun. */
  at: number;
}

/** The domain of every customer's address: where it is found, an address has leaked. */
export const EMAIL_CANARY = 'customer-canary.example';

/** The last order comes early enough to meet some of the faults. */
const ARRIVALS_END_AT = 0.88;
/** In the time that it takes for the sizes to be reached, an order comes this often. */
const RESERVE_GAP_MS = 500;
/** Of what most orders never do: they are captured by us, refunded, voided and credited. */
const RESERVE_LIVES: readonly LifeName[] = [
  'refunded',
  'authorized',
  'refunded',
  'cancelRace',
  'refunded',
  'lateAfterCancelled',
];
const MANY_STARTS = 100;
const MANY_CLICKS = 50;
const CURRENCIES = ['INR', 'EUR', 'USD', 'JPY'];

export function planOrders(profile: Profile, seed: number, random: Random): Arrival[] {
  const names = (Object.keys(profile.lives) as LifeName[]).flatMap((life) =>
    Array.from({ length: profile.lives[life] }, () => life),
  );
  const gapMs = (profile.loadMs * ARRIVALS_END_AT) / names.length;
  const paid = { first: true, left: profile.bursts };
  return random.shuffle(names).map((life, index) => {
    const isPressed = life === 'paid' && paid.left > 0;
    if (isPressed) paid.left -= 1;
    const order: PlannedOrder = {
      ...planOrder(life, { seed, index, random }),
      ...(isPressed ? { clicks: MANY_CLICKS } : {}),
      ...(isPressed && paid.first ? { starts: MANY_STARTS } : {}),
    };
    if (isPressed) paid.first = false;
    return { order, life, at: Math.round((index + random.next()) * gapMs) };
  });
}

/** @returns the orders that come after those of the plan, while the load goes on to reach its sizes */
export function planReserve(profile: Profile, seed: number, random: Random): Arrival[] {
  const first = orderCount(profile);
  return Array.from({ length: profile.reserveOrders }, (_, number) => {
    const life = random.pick(RESERVE_LIVES);
    const order = planOrder(life, { seed, index: first + number, random });
    return { order, life, at: profile.loadMs + number * RESERVE_GAP_MS };
  });
}

interface Place {
  seed: number;
  index: number;
  random: Random;
}

function planOrder(life: LifeName, { seed, index, random }: Place): PlannedOrder {
  const { expiresIn, isClosedSoon } = LIVES[life];
  return {
    id: `chaos_${seed.toString(36)}_${index}`,
    amount: random.int(100, 99_999),
    currency: random.pick(CURRENCIES),
    email: `customer-${index}@${EMAIL_CANARY}`,
    ...(expiresIn === undefined ? {} : { expiresIn }),
    ...(isClosedSoon ? { isClosedSoon } : {}),
  };
}
