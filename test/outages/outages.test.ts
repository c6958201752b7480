/**
 * One dependency down: what each endpoint says meanwhile, and that the same request with the same key is
 * answered well afterwards, with everything done once.
 */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { type Shop, shopOn } from '../support/shop.ts';
import { assertHappenedOnce } from './once.ts';
import { type Dependency, type OutageStack, startOutageStack } from './outage-stack.ts';
import { ask, nameOf, openScene, type Scene, untilAnsweredWell } from './scene.ts';

type Answers = Record<string, string>;

/** As src/api/http/health.ts has it. */
const READINESS_KEPT_MS = 1_000;

const NO_TEMPORAL = '503 orchestrator_unavailable';
const NO_DATABASE = '503 database_unavailable';

/** Reads need the database alone; what is taken up is told at once, what comes of it is a 202. */
const TABLE: Record<Dependency, Answers> = {
  Temporal: {
    create: NO_TEMPORAL,
    read: '200',
    list: '200',
    events: '200',
    entitlements: '200',
    parked: '200',
    pay: NO_TEMPORAL,
    verify: NO_TEMPORAL,
    cancel: NO_TEMPORAL,
    refund: NO_TEMPORAL,
    review: NO_TEMPORAL,
    webhook: NO_TEMPORAL,
    orphan: NO_TEMPORAL,
    healthz: '200',
    readyz: '503',
  },
  'the database': {
    create: NO_DATABASE,
    read: NO_DATABASE,
    list: NO_DATABASE,
    events: NO_DATABASE,
    entitlements: NO_DATABASE,
    parked: NO_DATABASE,
    pay: NO_DATABASE,
    verify: NO_DATABASE,
    cancel: NO_DATABASE,
    refund: NO_DATABASE,
    review: NO_DATABASE,
    // Temporal alone can take it, as long as it names an order that is there.
    webhook: '200',
    orphan: NO_DATABASE,
    healthz: '200',
    readyz: '503',
  },
  'every worker': {
    create: '201',
    read: '200',
    list: '200',
    events: '200',
    entitlements: '200',
    parked: '200',
    pay: '202',
    verify: '202',
    cancel: '202',
    refund: '202',
    review: '202',
    webhook: '200',
    orphan: '200',
    healthz: '200',
    readyz: '200',
  },
  'the gateway': {
    create: '201',
    read: '200',
    list: '200',
    events: '200',
    entitlements: '200',
    parked: '200',
    pay: '202',
    verify: '202',
    cancel: '202',
    refund: '202',
    // No gateway has a say in a decision.
    review: '200',
    webhook: '200',
    orphan: '200',
    healthz: '200',
    readyz: '200',
  },
};

/** A gateway gives up after five seconds, and every answer comes before that. */
const GATEWAY_PATIENCE_MS = 5_000;

describe('with one dependency away', function () {
  this.timeout(300_000);
  let outage: OutageStack;
  let shop: Shop;

  before(async () => {
    outage = await startOutageStack();
    shop = shopOn(outage.stack);
  });

  after(() => outage?.close());

  for (const [dependency, expected] of Object.entries(TABLE))
    describe(`which is ${dependency},`, () => {
      let scene: Scene;
      let said: Answers;
      let slowestMs: number;

      before(async () => {
        scene = await openScene(shop);
        await outage.takeAway(dependency as Dependency);
        try {
          await untilReadinessIsFresh();
          ({ said, slowestMs } = await askAll());
        } finally {
          await outage.giveBack(dependency as Dependency);
        }
      });

      /** It is asked once a second, and an answer from before the outage is none about it. */
      async function untilReadinessIsFresh(): Promise<void> {
        const { readyz } = scene.questions;
        if (readyz === undefined) return;
        const isAsExpected = async () => nameOf(await ask(shop, readyz)) === expected.readyz;
        await pWaitFor(isAsExpected, { timeout: 2 * READINESS_KEPT_MS }).catch(() => undefined);
      }

      async function askAll() {
        let slowestMs = 0;
        const entries = Object.entries(scene.questions).map(async ([name, question]) => {
          const askedAt = Date.now();
          const answer = nameOf(await ask(shop, question));
          slowestMs = Math.max(slowestMs, Date.now() - askedAt);
          return [name, answer] as const;
        });
        return { said: Object.fromEntries(await Promise.all(entries)), slowestMs };
      }

      for (const [name, answer] of Object.entries(expected))
        it(`${name} is answered ${answer}`, () => assert.equal(said[name], answer));

      it('nobody waits longer than a gateway would', () => {
        assert.ok(slowestMs < GATEWAY_PATIENCE_MS, `${slowestMs} ms`);
      });

      it('the same requests are answered well as soon as it is back', () =>
        untilAnsweredWell(shop, scene));

      it('all of it has happened once', () => assertHappenedOnce(shop, scene));
    });
});
