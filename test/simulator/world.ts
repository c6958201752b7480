/**
 * What all parts of one simulated life share: time, chance, how bad things are at present, and a
 * notebook. A broken promise ends the life at once.
 */
import type { OrderTerms } from '../../src/domain/order.ts';
import { PRESENT_RULES } from '../../src/domain/rules.ts';
import { type Agenda, createAgenda, DAY_MS, HOUR_MS, MINUTE_MS } from './agenda.ts';
import { createDice, type Dice } from './dice.ts';

/** How likely what goes wrong is, 0–1, while faults are on. */
export interface Faults {
  on: boolean;
  webhookLoss: number;
  webhookRepeat: number;
  webhookDelay: number;
  callLoss: number;
  callRefusal: number;
  sinkTrouble: number;
  sinkRefusal: number;
  crash: number;
  recordLoss: number;
}

export interface World {
  terms: OrderTerms;
  agenda: Agenda;
  dice: Dice;
  faults: Faults;
  /** An operator, right or wrong, has said that a call of ours never arrived. */
  isGivenUp: boolean;
  /** After how many signals a run is continued; beyond twice as many, also with effects under way. */
  signalsPerRun: number;
  /** With more signals than that waiting, a task takes up so many events and starts so many effects. */
  intakePerTask: number;
  note(text: () => string): void;
}

export const STARTS_AT = Date.parse('2026-01-26T10:00:00Z');
export const ORDER_AMOUNT_MINOR = 100;

/** Streams of the dice: one each for the order's rules, how long runs are, the last days, the world, and, from the last one on, every move. */
const RULE_STREAM = -3;
const LIMIT_STREAM = -2;
export const TIDY_STREAM = -1;
export const WORLD_STREAM = 0;
export const MOVE_STREAM = 1;

export function createWorld(seed: number, notebook: string[] | null): World {
  const dice = createDice(seed, WORLD_STREAM);
  const agenda = createAgenda(STARTS_AT);
  return {
    agenda,
    dice,
    terms: { ...termsFrom(dice), ...rulesFrom(createDice(seed, RULE_STREAM)) },
    faults: faultsFrom(dice),
    isGivenUp: false,
    ...limitsFrom(createDice(seed, LIMIT_STREAM)),
    note(text) {
      if (notebook !== null)
        notebook.push(`${new Date(agenda.now()).toISOString().slice(5, 23)}  ${text()}`);
    },
  };
}

function limitsFrom(dice: Dice): Pick<World, 'signalsPerRun' | 'intakePerTask'> {
  return {
    signalsPerRun: dice.pick([500, 500, 500, 3, 1]),
    intakePerTask: dice.pick([500, 500, 2, 1]),
  };
}

/**
 * A void is final at most gateways, and at the others what failed is left alone. Some shops capture by hand, and some
 * withhold what is disputed.
 */
function rulesFrom(
  dice: Dice,
): Pick<
  OrderTerms,
  'voidsWhenFailed' | 'manualCapture' | 'holdsAccessWhileDisputed' | 'notifiesCrmOfEvents'
> {
  const voids = dice.chance(0.7) ? { voidsWhenFailed: true as const } : {};
  const holds = dice.chance(0.4) ? { holdsAccessWhileDisputed: true as const } : {};
  const tells = dice.chance(0.6) ? { notifiesCrmOfEvents: true as const } : {};
  const usual = { ...voids, ...holds, ...tells };
  if (dice.chance(0.6)) return usual;
  const takes = dice.pick(['whole', 'part', 'parts'] as const);
  const held = dice.chance(0.7) ? { heldForMs: dice.pick([3 * HOUR_MS, 2 * DAY_MS]) } : {};
  return { ...usual, manualCapture: { takes, ...held } };
}

function termsFrom(dice: Dice): OrderTerms {
  return {
    orderId: 'ord_1',
    amountMinor: ORDER_AMOUNT_MINOR,
    currency: 'INR',
    gateway: 'sandbox',
    customerId: 'cus_1',
    createdAt: STARTS_AT,
    expiresAt: STARTS_AT + dice.pick([20 * MINUTE_MS, 3 * HOUR_MS, DAY_MS]),
    settlementWindowMs: dice.pick([HOUR_MS, 6 * HOUR_MS, 4 * DAY_MS]),
    rules: PRESENT_RULES,
    syncsWhenPaid: true,
  };
}

/** Every life has its own mixture: where everything fails a little, nothing fails hard. */
function faultsFrom(dice: Dice): Faults {
  const level = (): number => dice.pick([0, 0, 0.1, 0.5]);
  return {
    on: true,
    webhookLoss: level(),
    webhookRepeat: level(),
    webhookDelay: level(),
    callLoss: level(),
    callRefusal: dice.pick([0, 0, 0.1, 0.3]),
    sinkTrouble: level(),
    sinkRefusal: dice.pick([0, 0, 0, 0.2]),
    crash: dice.pick([0, 0, 0.03, 0.2]),
    recordLoss: dice.pick([0, 0, 0.2]),
  };
}
