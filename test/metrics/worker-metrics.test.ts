/** What a worker's metrics say: about orders, and what Temporal's SDK says about the worker. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { givenPendingOrder, openShop, untilSettled } from '../support/shop.ts';
import { type Sample, scrape, sumOf } from './scrape.ts';

describe('with a port for metrics, a worker', function () {
  this.timeout(120_000);
  let worker: Beside;
  before(async function () {
    this.timeout(300_000);
    worker = await startBeside('worker');
  });
  after(() => worker.stop());

  /** The stack's own workers take their share, so orders go on until this one has had some. */
  async function untilSeen(isSeen: (samples: Sample[]) => boolean): Promise<Sample[]> {
    const shop = await openShop();
    let samples: Sample[] = [];
    await pWaitFor(
      async () => {
        const { id, paymentId } = await givenPendingOrder(shop);
        await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
        await untilSettled(shop, id, 'paid');
        samples = await scrape(worker.metricsUrl);
        return isSeen(samples);
      },
      { interval: 100, timeout: 100_000 },
    );
    return samples;
  }

  it('counts what became of the inputs that reached its orders', async () => {
    const applied = { outcome: 'applied', source: 'webhook' };
    await untilSeen((samples) => sumOf(samples, 'payonce_order_events_total', applied) > 0);
  });

  it('shows the metrics of Temporal’s SDK beside its own', async () => {
    const name = 'temporal_workflow_task_execution_latency_seconds_count';
    const samples = await untilSeen((found) => sumOf(found, name) > 0);
    assert.ok(samples.some((sample) => sample.name.startsWith('process_')));
    assert.doesNotMatch(JSON.stringify(samples), /ord_/);
  });
});
