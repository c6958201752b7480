/**
 * `npm run histories:record [NAME …]`: carries out the scenarios on a real stack and saves their histories for the
 * replay test. Saved histories are only ever added to: a scenario that has one already is left alone.
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import pWaitFor from 'p-wait-for';
import { DAILY_WORKFLOW, dayWorkflowId, scheduleId } from '../src/workflows/reconciliation.ts';
import { type RecordedScenario, SCENARIOS } from '../test/support/scenarios/index.ts';
import { mochaHooks, sharedStack } from '../test/support/stack.ts';
import { runIdsOf, temporalClient } from '../test/support/temporal.ts';

const wanted = process.argv.slice(2);

const isWanted = ({ name }: RecordedScenario): boolean =>
  !existsSync(fileFor(name)) && (wanted.length === 0 || wanted.includes(name));

/** The last run has the scenario's own name, earlier ones count back from it. */
function fileFor(name: string, earlier = 0): URL {
  const file = earlier === 0 ? name : `${name}.${earlier}-before`;
  return new URL(`../test/histories/${file}.json`, import.meta.url);
}

async function record(client: Client, scenario: RecordedScenario): Promise<void> {
  const orderId = await scenario.tell();
  const runIds = (await runIdsOf(orderId)).reverse();
  for (const [earlier, runId] of runIds
    .slice(0, scenario.isEveryRunKept ? undefined : 1)
    .entries()) {
    const history = await client.workflow.getHandle(orderId, runId).fetchHistory();
    writeFileSync(fileFor(scenario.name, earlier), linesOf(historyToJSON(history)));
    console.log(`${scenario.name}: ${history.events?.length} events`);
  }
}

/** Who ran it and where is nothing to a replay. */
const OF_THE_MACHINE = new Set(['identity', 'requestId', 'stackTrace', 'taskId', 'workerVersion']);

/** One event a line: small, and a person can still read what happened. */
function linesOf(json: string): string {
  const { events } = JSON.parse(json, (key, value: unknown) =>
    OF_THE_MACHINE.has(key) ? undefined : value,
  ) as { events: object[] };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

/** Of a day that the schedule fetches, and of the schedule's run. */
async function recordDays(client: Client): Promise<void> {
  const folder = new URL('../test/settlements/histories/', import.meta.url);
  if (existsSync(new URL('reconcile-day.json', folder))) return;
  // Not among the imports above: the list of gateways has to be read before one of them.
  const { stripeBehind } = await import('../test/fakes/stripe/driver.ts');
  const { charge } = await import('../test/fakes/stripe/balance.ts');
  const day = new Date(Date.now() - 24 * 60 * 60_000).toISOString().slice(0, 10);
  const stripe = stripeBehind((await sharedStack()).gateways.stripe);
  stripe.balance.move(charge('recorded', { created: Date.parse(`${day}T12:00:00Z`) / 1_000 }));
  // An API makes the schedule in its first moments.
  const schedule = client.schedule.getHandle(scheduleId('stripe'));
  await pWaitFor(() => schedule.trigger().then(...DONE), { interval: 500, timeout: 60_000 });
  const ofDay = client.workflow.getHandle(dayWorkflowId({ gateway: 'stripe', day }));
  await pWaitFor(() => ofDay.describe().then(...OVER), { interval: 500, timeout: 60_000 });
  const daily = client.workflow.list({ query: `WorkflowType = '${DAILY_WORKFLOW}'` });
  for await (const { workflowId } of daily) {
    const handle = client.workflow.getHandle(workflowId);
    await handle.result();
    const save = async (name: string, run: Pick<typeof handle, 'fetchHistory'>) =>
      writeFileSync(new URL(name, folder), linesOf(historyToJSON(await run.fetchHistory())));
    await save('reconcile-day.json', ofDay);
    await save('reconcile-daily.json', handle);
  }
}

const DONE = [() => true, () => false] as const;
const OVER = [
  ({ status }: { status: { name: string } }) => status.name === 'COMPLETED',
  () => false,
] as const;

let failures = 0;
try {
  const client = await temporalClient();
  for (const scenario of SCENARIOS.filter(isWanted))
    await record(client, scenario).catch((error: unknown) => {
      failures += 1;
      console.error(scenario.name, error);
    });
  if (wanted.length === 0) await recordDays(client);
} finally {
  await mochaHooks.afterAll();
}
process.exit(failures === 0 ? 0 : 1);
