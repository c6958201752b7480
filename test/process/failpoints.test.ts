/** Failpoints kill where they stand, in tests only, and an order survives being killed there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import { FAILPOINTS } from '../../src/process/failpoints.ts';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import { files } from '../support/imports.ts';
import {
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

const HIT_THREE_TIMES = `
  const { failpoint } = await import('./src/process/failpoints.ts');
  for (let hit = 1; hit <= 3; hit += 1) {
    console.log(hit);
    failpoint('order.afterInsert');
  }`;

function hitThreeTimes(env: Record<string, string>) {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', HIT_THREE_TIMES];
  return execa(process.execPath, args, { env, reject: false });
}

describe('a failpoint', () => {
  for (const name of FAILPOINTS)
    it(`stands in the code once: ${name}`, () => {
      const places = files
        .filter(({ file }) => file !== path.join('process', 'failpoints.ts'))
        .flatMap(({ file, text }) => Array(text.split(`'${name}'`).length - 1).fill(file));
      assert.equal(places.length, 1, places.join(', '));
    });

  it('kills the process at the hit that it names', async () => {
    const ended = await hitThreeTimes({ NODE_ENV: 'test', FAILPOINT: 'order.afterInsert:2' });
    assert.equal(ended.signal, 'SIGKILL');
    assert.equal(ended.stdout, '1\n2');
    assert.equal(ended.stderr, 'failpoint order.afterInsert: killed');
  });

  it('leaves other places alone', async () => {
    const FAILPOINT = 'order.afterStart:1,order.afterInsert:4';
    const ended = await hitThreeTimes({ NODE_ENV: 'test', FAILPOINT });
    assert.deepEqual([ended.exitCode, ended.stdout], [0, '1\n2\n3']);
  });

  for (const NODE_ENV of ['production', 'development', ''])
    it(`does nothing where NODE_ENV is "${NODE_ENV}"`, async () => {
      const ended = await hitThreeTimes({ NODE_ENV, FAILPOINT: 'order.afterInsert:1,nonsense' });
      assert.deepEqual([ended.exitCode, ended.stdout, ended.stderr], [0, '1\n2\n3', '']);
    });

  for (const [FAILPOINT, complaint] of [
    ['order.afterLunch:1', 'FAILPOINT: "order.afterLunch" is none of order.afterInsert, '],
    ['order.afterInsert', 'FAILPOINT: "order.afterInsert" must end with the hit that counts'],
    ['order.afterInsert:0', 'FAILPOINT: "order.afterInsert:0" must end with the hit that counts'],
  ] as const)
    it(`is refused as ${FAILPOINT}`, async () => {
      const { stderr, exitCode } = await hitThreeTimes({ NODE_ENV: 'test', FAILPOINT });
      assert.equal(exitCode, 1);
      assert(stderr.includes(complaint), stderr);
    });
});

describe('an order whose processes are killed at failpoints', function () {
  this.timeout(180_000);
  let shop: Shop;
  let stack: SharedStack;
  const processes = ['worker', 'worker-2', 'api', 'api-2'];

  before(async () => {
    stack = await sharedStack();
    shop = await openShop();
  });

  // What was armed and never hit must not kill another test's order.
  after(() => Promise.all(processes.map((name) => stack.restart(name))));

  async function arm(kind: string, FAILPOINT: string): Promise<void> {
    const names = processes.filter((name) => name.startsWith(kind));
    await Promise.all(names.map((name) => stack.restart(name, { NODE_ENV: 'test', FAILPOINT })));
  }

  function timesKilled(failpoint: string): number {
    const logs = processes.map((name) => path.join(stack.dataDir, 'logs', `${name}.log`));
    const text = logs.map((log) => readFileSync(log, 'utf8')).join('');
    return text.split(`failpoint ${failpoint}: killed\n`).length - 1;
  }

  it('has every event on record although the worker died when it had just written the record', async () => {
    await arm('worker', 'record.afterWriteBeforeReturn:1');
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    assert(timesKilled('record.afterWriteBeforeReturn') >= 1);
    const { body } = await shop.call<{ events: { type: string; source: string }[] }>(
      'GET',
      `/v1/orders/${id}/events`,
    );
    const told = body.events.filter(({ source }) => source === 'webhook');
    assert.deepEqual(
      told.map(({ type }) => type),
      ['payment.captured'],
    );
    await assertPaidOnce(id);
  });

  it('is started once although the API died when it had just inserted it', async () => {
    await arm('api', 'order.afterInsert:1');
    const id = newOrderId();
    const create = () =>
      shop.call('POST', '/v1/orders', orderBody(id)).then(
        ({ status }) => status,
        () => null,
      );
    assert.equal(await create(), null);
    await pWaitFor(async () => (await create()) === 200, { interval: 100 });
    assert(timesKilled('order.afterInsert') >= 1);
    await pWaitFor(async () => (await Promise.all(stack.apiUrls.map(isUp))).every(Boolean));
    const paymentId = await pay(id);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
  });

  const isUp = (url: string): Promise<boolean> =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );

  async function pay(id: string): Promise<string> {
    const wait = { prefer: 'wait=30' };
    return (await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, wait)).body.id;
  }
});
