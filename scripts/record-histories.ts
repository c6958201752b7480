/**
 * `npm run histories:record [NAME …]`: carries out the scenarios on a real stack and saves their histories for the
 * replay test. Saved histories are only ever added to: a scenario that has one already is left alone.
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { type RecordedScenario, SCENARIOS } from '../test/support/scenarios/index.ts';
import { mochaHooks } from '../test/support/stack.ts';
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

let failures = 0;
try {
  const client = await temporalClient();
  for (const scenario of SCENARIOS.filter(isWanted))
    await record(client, scenario).catch((error: unknown) => {
      failures += 1;
      console.error(scenario.name, error);
    });
} finally {
  await mochaHooks.afterAll();
}
process.exit(failures === 0 ? 0 : 1);
