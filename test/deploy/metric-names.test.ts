/** Alerts and dashboard name metrics; a name that no process has would stay silent for ever. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import { parse } from 'yaml';
import { type Sample, scrape, sumOf } from '../metrics/scrape.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { givenPendingOrder, newOrderId, openShop, untilSettled } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

/** Shown once there is something to tell, and that is never on a good day. */
const ON_BAD_DAYS = [
  'payonce_order_task_failures_total',
  'payonce_stuck_orders',
  'temporal_activity_execution_failed_total',
  'temporal_workflow_task_execution_failed_total',
];

interface Rule {
  alert: string;
  expr: string;
}

const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);
const dashboard = JSON.parse(read('deploy/grafana/payonce.json')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};
const expressions = [
  ...alerts.map(({ alert, expr }) => ({ where: alert, expr })),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ where: title, expr })),
  ),
];

function read(file: string): string {
  return readFileSync(path.resolve(file), 'utf8');
}

function namesIn(expr: string): string[] {
  return expr.match(/\b(?:payonce|temporal|nodejs|process)_\w+/g) ?? [];
}

describe('alerts and dashboard', function () {
  this.timeout(120_000);
  let worker: Beside;
  let samples: Sample[];

  before(async function () {
    this.timeout(300_000);
    const { apiUrl } = await sharedStack();
    const shop = await openShop();
    worker = await startBeside('worker');
    const unknown = { orderId: newOrderId(), paymentId: 'sbx_pay_names', amount: 1 };
    await deliverTo(shop, signedEvent('payment.pending', unknown));
    // The stack's own workers take their share; this one has to have had each kind of work.
    await pWaitFor(
      async () => {
        const { id, paymentId } = await givenPendingOrder(shop);
        await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
        await untilSettled(shop, id, 'paid');
        samples = [...(await scrape(worker.metricsUrl)), ...(await scrape(`${apiUrl}/metrics`))];
        return missing().length === 0;
      },
      { interval: 100, timeout: 60_000 },
    ).catch(() => {});
  });
  after(() => worker.stop());

  function missing(): string[] {
    return expressions
      .flatMap(({ where, expr }) => namesIn(expr).map((name) => ({ where, name })))
      .filter(({ name }) => !ON_BAD_DAYS.includes(name))
      .filter(({ name }) => !samples.some((sample) => sample.name === name))
      .map(({ where, name }) => `${where}: ${name}`);
  }

  it('name metrics that are scraped', () => {
    assert.ok(expressions.length > 25);
    assert.deepEqual(missing(), []);
  });

  it('name failures as Temporal’s SDK does', () => {
    const folder = path.dirname(
      createRequire(import.meta.url).resolve('@temporalio/core-bridge/package.json'),
    );
    const releases = path.join(folder, 'releases', nativeFolder(folder));
    const bridge = readFileSync(path.join(releases, 'index.node'));
    for (const name of ON_BAD_DAYS.filter((one) => one.startsWith('temporal_')))
      assert.ok(bridge.includes(name.replace(/^temporal_|_total$/g, '')), name);
  });

  it('select by labels that the metrics have', () => {
    for (const { where, expr } of expressions)
      for (const [, name = '', selector = ''] of expr.matchAll(
        /\b((?:payonce|temporal)_\w+)\{([^}]*)\}/g,
      )) {
        const labels = [...selector.matchAll(/(\w+)(?:!=|=~|!~|=)"/g)].map(
          ([, label = '']) => label,
        );
        const sample = samples.find((one) => one.name === name);
        for (const label of labels)
          assert.ok(sample && label in sample.labels, `${where}: ${label}`);
      }
  });

  it('know when no worker polls', () => {
    assert.ok(sumOf(samples, 'temporal_num_pollers', { poller_type: 'workflow_task' }) > 0);
  });
});

describe('every alert', () => {
  const runbook = read('docs/operations.md');
  for (const { alert } of alerts)
    it(`${alert} is explained in the runbook`, () => {
      assert.ok(runbook.includes(`\`${alert}\``));
    });
});

function nativeFolder(folder: string): string {
  const cpu = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const system = { darwin: 'apple', linux: 'linux', win32: 'windows' }[String(process.platform)];
  const found = readdirSync(path.join(folder, 'releases')).find(
    (name) => name.startsWith(cpu) && name.includes(system ?? ''),
  );
  assert.ok(found);
  return found;
}
