/**
 * What Payonce is measured against must do the same work as well: a peer that may grant twice would
 * be fast for the wrong reason.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import pg from 'pg';
import { type Databases, startDatabases } from '../../bench/databases.ts';
import { type Gateway, startGateway } from '../../bench/gateway.ts';
import {
  type Delivery,
  EFFECTS,
  PRICE,
  type RunningSide,
  type SideOptions,
} from '../../bench/side.ts';

const BENCH = path.join(import.meta.dirname, '../../bench');

/** What only the bench needs is downloaded first, where that was never done. */
const START_TIMEOUT_MS = 300_000;

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

/** Each module is named when it runs: the type check must not need what the bench installs. */
const PEERS = [
  { name: 'postgres-outbox', exported: 'postgresOutbox' },
  { name: 'dbos', exported: 'dbos' },
  { name: 'restate', exported: 'restate' },
];

interface RunningPeer extends RunningSide {
  url: string;
}

interface Peer {
  start(options: SideOptions): Promise<RunningPeer>;
}

interface Status {
  state: string;
  version: number;
}

let folder: string;
let databases: Databases;
let gateway: Gateway;

before(async function () {
  this.timeout(START_TIMEOUT_MS);
  if (!existsSync(path.join(BENCH, 'node_modules'))) await execa('npm', ['ci', '--prefix', BENCH]);
  folder = await mkdtemp(path.join(tmpdir(), 'payonce-peers-'));
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  await chmod(folder, 0o755);
  databases = await startDatabases(folder, () => {});
  gateway = await startGateway({ dataDir: folder, webhookSecret: WEBHOOK_SECRET });
});

after(async () => {
  await gateway.stop();
  await databases.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The same call, as often, all of it under way at once. */
function atOnce<T>(times: number, call: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, call));
}

for (const { name, exported } of PEERS)
  describe(`the peer ${name}`, () => {
    let peer: RunningPeer;
    let store: pg.Pool;

    before(async function () {
      this.timeout(START_TIMEOUT_MS);
      const module = await import(path.join(BENCH, 'peers', name, 'side.ts'));
      const databaseUrl = await databases.create(name);
      peer = (await (module as Record<string, Peer>)[exported]?.start({
        dataDir: await mkdtemp(path.join(folder, `${name}-`)),
        databaseUrl,
        gatewayUrl: gateway.url,
        webhookSecret: WEBHOOK_SECRET,
        onProgress: () => {},
      })) as RunningPeer;
      store = new pg.Pool({ connectionString: databaseUrl });
    });

    after(async () => {
      await store.end();
      await peer.stop();
    });

    async function statusOf(orderId: string): Promise<Status> {
      const answer = await fetch(`${peer.url}/orders/${orderId}/verify`, { method: 'POST' });
      const { state, version } = (await answer.json()) as Status;
      return { state, version };
    }

    async function effectsOf(orderId: string): Promise<string[]> {
      const found = EFFECTS.map(async (effect) => {
        const rows = `select 1 from (${peer.effectRows?.[effect]}) as found where order_id = $1`;
        const { rowCount } = await store.query(rows, [orderId]);
        return Array<string>(rowCount ?? 0).fill(effect);
      });
      return (await Promise.all(found)).flat();
    }

    async function pendingOrder(orderId: string): Promise<Delivery> {
      await peer.startOrder(orderId);
      const paymentId = await peer.pay(orderId);
      return { orderId, paymentId, eventId: `evt_${orderId}` };
    }

    const untilDone = (orderId: string) =>
      pWaitFor(async () => (await effectsOf(orderId)).length >= EFFECTS.length);

    it('starts an order once, however often it is started', async () => {
      await atOnce(5, () => peer.startOrder('started'));
      assert.deepEqual(await statusOf('started'), { state: 'initiated', version: 1 });
      await peer.pay('started');
      await peer.startOrder('started');
      assert.deepEqual(await statusOf('started'), { state: 'pending', version: 2 });
    });

    it('opens one payment for all clicks', async () => {
      await peer.startOrder('clicked');
      const paymentIds = await atOnce(5, () => peer.pay('clicked'));
      assert.equal(new Set(paymentIds).size, 1);
      assert.deepEqual(await statusOf('clicked'), { state: 'pending', version: 2 });
    });

    it('changes the state once and has each effect once for fifty deliveries at once', async () => {
      const delivery = await pendingOrder('stormed');
      await atOnce(50, () => peer.deliver(delivery));
      await untilDone('stormed');
      assert.deepEqual(await effectsOf('stormed'), [...EFFECTS]);
      assert.deepEqual(await statusOf('stormed'), { state: 'paid', version: 3 });
    });

    it('does nothing more for another event of the same payment', async () => {
      const delivery = await pendingOrder('told-twice');
      await peer.deliver(delivery);
      await untilDone('told-twice');
      await peer.deliver({ ...delivery, eventId: 'evt_another' });
      await peer.deliver({ ...delivery, eventId: 'evt_yet_another' });
      // As long as a whole order takes, so that what the repeats might set off is seen.
      await peer.deliver(await pendingOrder('told-later'));
      await untilDone('told-later');
      assert.deepEqual(await effectsOf('told-twice'), [...EFFECTS]);
      assert.deepEqual(await statusOf('told-twice'), { state: 'paid', version: 3 });
    });

    it('pays nothing for a webhook that is signed with another secret', async () => {
      const { orderId, paymentId } = await pendingOrder('forged');
      const answer = await fetch(`${peer.url}/webhooks/sandbox`, {
        method: 'POST',
        headers: {
          'webhook-id': 'evt_forged',
          'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
          'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
        },
        body: JSON.stringify({
          type: 'payment.captured',
          data: { orderId, paymentId, amount: PRICE.amountMinor, currency: PRICE.currency },
        }),
      });
      assert.equal(answer.status, 401);
      assert.deepEqual(await statusOf(orderId), { state: 'pending', version: 2 });
    });

    it('names its processes, which run', () => {
      const pids = Object.values(peer.processes()).flat();
      assert.ok(pids.length > 0);
      for (const pid of pids) assert.ok(process.kill(pid, 0));
    });
  });
