/** Traces through every process that an order passes, seen by a collector that speaks OTLP. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { workflowBundle } from '../../src/temporal/workflow-bundle.ts';
import {
  givenPendingOrder,
  newOrderId,
  orderBody,
  type Shop,
  shopOn,
  untilSettled,
} from '../support/shop.ts';
import { startTestStack, stopTestStack } from '../support/stack.ts';
import { type Collector, openCollector, type SeenSpan } from './collector.ts';

/** A caller that traces itself; each is a new one, so that nobody's spans are taken for another's. */
function newCaller() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
}

describe('an API and a worker that are told of a collector', function () {
  this.timeout(60_000);
  let collector: Collector;
  let stack: Stack;
  let shop: Shop;

  before(async function () {
    this.timeout(300_000);
    collector = await openCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
    stack = await startTestStack({ workers: 1, apis: 1, env });
    shop = shopOn(stack);
  });
  after(async () => {
    await stopTestStack(stack);
    collector.close();
  });

  async function untilSeen(what: (span: SeenSpan) => boolean): Promise<SeenSpan> {
    await pWaitFor(() => collector.spans.some(what), { interval: 50 });
    const found = collector.spans.find(what);
    assert.ok(found);
    return found;
  }

  it('are in one trace, from the request to the activity that it leads to', async () => {
    const id = newOrderId();
    const caller = newCaller();
    await shop.call('POST', '/v1/orders', orderBody(id));
    await shop.call('POST', `/v1/orders/${id}/payments`, {}, caller.headers);
    const isOurs = ({ traceId }: SeenSpan) => traceId === caller.traceId;
    const activity = await untilSeen((span) => isOurs(span) && span.service === 'payonce-worker');
    const signal = await untilSeen(({ spanId }) => spanId === activity.parentSpanId);
    const request = await untilSeen(({ spanId }) => spanId === signal.parentSpanId);
    assert.equal(signal.name, 'signalWorkflowExecution');
    assert.equal(signal.attributes['temporal.workflow.id'], id);
    assert.equal(request.name, 'POST /v1/orders/:id/payments');
    assert.equal(request.service, 'payonce-api');
    assert.equal(request.parentSpanId, caller.spanId);
  });

  it('begin a trace where the caller has none, and start the order within it', async () => {
    const id = newOrderId();
    await shop.call('POST', '/v1/orders', orderBody(id));
    const start = await untilSeen(
      ({ name, attributes }) =>
        name === 'startWorkflowExecution' && attributes['temporal.workflow.id'] === id,
    );
    const request = await untilSeen(({ spanId }) => spanId === start.parentSpanId);
    assert.equal(request.name, 'POST /v1/orders');
    assert.equal(request.parentSpanId, '');
  });

  it('tell the effects of a webhook within the webhook’s trace', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    const isStep = ({ name, attributes }: SeenSpan) =>
      name === 'takeStep' && attributes['temporal.workflow.id'] === id;
    const webhook = await untilSeen(
      ({ name, traceId }) =>
        name === 'POST /webhooks/:gateway' &&
        collector.spans.some((span) => isStep(span) && span.traceId === traceId),
    );
    assert.equal(webhook.attributes['http.response.status_code'], 200);
  });

  it('do not tell of probes', async () => {
    const later = newCaller();
    await fetch(`${stack.apiUrl}/healthz`);
    await shop.call('GET', `/v1/orders/${newOrderId()}`, undefined, later.headers);
    await untilSeen(({ traceId }) => traceId === later.traceId);
    assert.deepEqual(
      collector.spans.filter(({ name }) => name.includes('health')),
      [],
    );
  });
});

describe('tracing', () => {
  interface Opened {
    sdkFiles: number;
    closedAfterMs: number;
  }

  /** What a process has loaded of OpenTelemetry's SDK once tracing was opened in this environment. */
  async function openedWith(env: Record<string, string>): Promise<Opened> {
    const script = `
      import { createRequire } from 'node:module';
      import { openTracing } from './src/tracing/open-tracing.ts';
      const tracing = await openTracing(process.env, 'test');
      const startedAt = Date.now();
      tracing.activities.length && (await import('@opentelemetry/api')).trace.getTracer('t').startSpan('s').end();
      await tracing.close();
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      const sdk = loaded.filter((file) => /@opentelemetry.(sdk|exporter)/.test(file));
      console.log(JSON.stringify({ sdkFiles: sdk.length, closedAfterMs: Date.now() - startedAt }));
      process.exit();`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const { PATH = '' } = process.env;
    const options = { env: { PATH, ...env }, extendEnv: false };
    const { stdout } = await execa(process.execPath, args, options);
    return JSON.parse(stdout);
  }

  it('loads nothing where no collector is named', async () => {
    assert.equal((await openedWith({})).sdkFiles, 0);
  });

  it('loads nothing where it is switched off', async () => {
    const off = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' };
    assert.equal((await openedWith(off)).sdkFiles, 0);
  });

  it('is no part of the workflow code', async () => {
    const { codePath } = await workflowBundle();
    const [code = ''] = (await readFile(codePath, 'utf8')).split('//# sourceMappingURL');
    assert.ok(code.includes('trace-context.ts'));
    assert.ok(!code.includes('@opentelemetry'));
  });

  it('lets a process end whose collector never answers', async () => {
    const nowhere = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await getPort()}` };
    const { sdkFiles, closedAfterMs } = await openedWith(nowhere);
    assert.ok(sdkFiles > 0);
    assert.ok(closedAfterMs < 5_000, `closed after ${closedAfterMs} ms`);
  });
});
