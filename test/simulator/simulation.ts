/**
 * One whole life of an order from one seed: faults first, peace at last, and a verdict. The state
 * machine is the real one; time, chance, the gateway and every other system are simulated.
 */
import { openLedger } from '../../src/domain/ledger.ts';
import { demand } from '../invariants/demand.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './agenda.ts';
import { createDice, type Dice } from './dice.ts';
import { createGatewayCalls } from './gateway-calls.ts';
import { createGatewayTruth } from './gateway-truth.ts';
import { createWatcher, type Watcher } from './invariants.ts';
import { type PlannedMove, planMoves } from './moves.ts';
import { createOrderRun } from './order-run.ts';
import { createRecordStore, type RecordStore } from './record-store.ts';
import { checkRest } from './rest.ts';
import { createSinks, type Sinks } from './sinks.ts';
import type { Stage } from './stage.ts';
import { tidyLater } from './tidy-up.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';
import { createWorld, STARTS_AT, TIDY_STREAM, type World } from './world.ts';

/** Most lives are short, so that there are many of them; some are long enough for stories in four acts. */
const SHORT_LIFE = 8;
const LONG_LIFE = 16;
const LONG = 0.1;
/** An order that has not closed so long after the last fault never will. */
const MAX_LIFE_MS = 120 * DAY_MS;
/** Far more than any life that ends has taken. */
const MAX_STEPS = 5_000;

export interface Life {
  seed: number;
  /** How many moves the seed has, those that were left out included. */
  planned: number;
  /** Moves, in their order; those that were left out are missing. */
  moves: string[];
  steps: number;
  violation: Error | null;
  notebook: string[];
}

export interface SimulationOptions {
  /** Moves to leave out, by their place. */
  without?: ReadonlySet<number>;
  isTraced?: boolean;
}

export function createSimulation(seed: number, options: SimulationOptions = {}): { run(): Life } {
  const { without = new Set<number>(), isTraced = false } = options;
  const notebook: string[] = [];
  const world = createWorld(seed, isTraced ? notebook : null);
  const moves = planMoves(seed, lengthFrom(world.dice));
  const kept = moves.map((move, i) => (without.has(i) ? null : move));
  const life: Life = {
    seed,
    planned: moves.length,
    moves: kept.flatMap((move) => move?.name ?? []),
    steps: 0,
    violation: null,
    notebook,
  };
  return {
    run() {
      try {
        live(build(world, life), life, kept);
      } catch (error) {
        life.violation = error instanceof Error ? error : new Error(String(error));
      }
      return life;
    },
  };
}

interface Whole extends Stage {
  sinks: Sinks;
  records: RecordStore;
  webhooks: Webhooks;
}

function build(world: World, life: Life): Whole {
  const watcher = watchAll(world, life);
  const records = createRecordStore(world, openLedger(world.terms));
  const sinks = createSinks(world);
  // The gateway tells webhooks, webhooks signal the order, and the order calls the gateway.
  const hear: { tell: Webhooks['tell'] } = { tell: () => undefined };
  const truth = createGatewayTruth((fact, payment) => hear.tell(fact, payment));
  const gateway = createGatewayCalls(world, truth);
  const run = createOrderRun(world, { gateway, sinks, records, watcher });
  const webhooks = createWebhooks(world, (item) => run.signal(item));
  hear.tell = webhooks.tell;
  return { world, truth, run, sinks, records, webhooks };
}

function watchAll(world: World, life: Life): Watcher {
  const watcher = createWatcher();
  return {
    ...watcher,
    watch(before, event, after) {
      life.steps += 1;
      demand(life.steps < MAX_STEPS, 'it comes to rest', () => `${MAX_STEPS} steps are not enough`);
      watcher.watch(before, event, after);
      world.isGivenUp ||= after.ledger.reviews.some(
        ({ reason, status }) => reason === 'key_expired' && status === 'approved',
      );
    },
  };
}

function live(whole: Whole, { seed }: Life, moves: (PlannedMove | null)[]): void {
  const { world, run } = whole;
  const { agenda, dice } = world;
  let at = 0;
  for (const move of moves) {
    at += pause(dice);
    if (move === null) continue;
    agenda.after(at, () => {
      world.note(() => `· ${move.name}`);
      move.make(whole);
    });
  }
  agenda.after(at + dice.pick([0, HOUR_MS, DAY_MS]), () => endFaults(whole, seed));
  agenda.after(0, run.start);
  while (agenda.step()) {
    const age = agenda.now() - STARTS_AT;
    demand(age < MAX_LIFE_MS, 'it comes to rest', () => 'the order is open for ever');
  }
  demand(run.isClosed(), 'it comes to rest', () => 'nothing is planned, and the order is open');
  checkRest({ ...whole, ledger: run.ledger() });
}

function endFaults(whole: Whole, seed: number): void {
  const { world, run, webhooks } = whole;
  world.note(() => '· the faults are over');
  world.faults.on = false;
  // What happens after the last question to the gateway, webhooks alone can tell.
  const { closed, inquiry } = run.ledger();
  const isClosing = run.isClosed() || closed || inquiry.purpose.settlement;
  webhooks.resend(isClosing ? 'all' : 'adopted');
  tidyLater(whole, createDice(seed, TIDY_STREAM));
}

function lengthFrom(dice: Dice): number {
  return dice.chance(LONG) ? dice.int(SHORT_LIFE, LONG_LIFE) : dice.int(2, SHORT_LIFE);
}

function pause(dice: Dice): number {
  return dice.pick([0, 0, SECOND_MS, 20 * SECOND_MS, 10 * MINUTE_MS, 2 * HOUR_MS, DAY_MS]);
}
