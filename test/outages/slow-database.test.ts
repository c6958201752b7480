/** Queries that do not end take every connection of the pools: here because a person has locked the orders. */
import assert from 'node:assert/strict';
import pg from 'pg';
import { openShop, type Shop } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { assertHappenedOnce } from './once.ts';
import { ask, nameOf, openScene, type Scene, untilAnsweredWell } from './scene.ts';

/** More than all pools of the stack have connections. */
const READERS = 60;
/** A statement is given up after five seconds; a busy machine takes some more to say so. */
const PATIENCE_MS = 9_000;
/** What is answered without the orders' table is answered as ever. */
const WEBHOOK_PATIENCE_MS = 5_000;

describe('a pool that slow queries have used up', function () {
  this.timeout(300_000);
  let shop: Shop;
  let scene: Scene;
  const answers: { name: string; answer: string; tookMs: number }[] = [];

  before(async () => {
    shop = await openShop();
    scene = await openScene(shop);
    await whileLocked(async () => {
      const { read } = scene.questions;
      assert(read);
      const readers = Array.from({ length: READERS }, () => timed('read', read));
      const others = Object.entries(scene.questions).map(([name, one]) => timed(name, one));
      await Promise.all([...readers, ...others]);
    });
  });

  async function timed(name: string, question: Parameters<typeof ask>[1]): Promise<void> {
    const from = Date.now();
    const answer = nameOf(await ask(shop, question));
    answers.push({ name, answer, tookMs: Date.now() - from });
  }

  async function whileLocked(act: () => Promise<void>): Promise<void> {
    const { databaseUrl } = await sharedStack();
    const locker = new pg.Client({ connectionString: databaseUrl });
    await locker.connect();
    try {
      await locker.query('begin');
      await locker.query('lock table orders in access exclusive mode');
      await act();
    } finally {
      await locker.query('rollback');
      await locker.end();
    }
  }

  it('is an error within seconds for each who needs it, and no hang', () => {
    const late = answers.filter(({ tookMs }) => tookMs > PATIENCE_MS);
    assert.deepEqual(late, []);
    const reads = answers.filter(({ name }) => name === 'read');
    assert.deepEqual([...new Set(reads.map(({ answer }) => answer))], ['503 database_unavailable']);
  });

  it('does not keep a webhook that names its order from being taken', () => {
    const told = answers.find(({ name }) => name === 'webhook');
    assert.equal(told?.answer, '200');
    assert.ok((told?.tookMs ?? 0) < WEBHOOK_PATIENCE_MS, JSON.stringify(told));
  });

  it('is free again when the queries end: the same requests are answered well', () =>
    untilAnsweredWell(shop, scene));

  it('has doubled nothing', () => assertHappenedOnce(shop, scene));
});
