/**
 * `npm run histories:record [NAME …]`: tells the stories on a real stack and saves their histories for the
 * replay test. Saved histories are only ever added to: a story that has one already is left alone.
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { openShop, type Shop } from '../test/support/shop.ts';
import { mochaHooks } from '../test/support/stack.ts';
import type { Story } from '../test/support/stories/scene.ts';
import { STORIES } from '../test/support/stories.ts';
import { runIdsOf, temporalClient } from '../test/support/temporal.ts';

const wanted = process.argv.slice(2);

const isWanted = ({ name }: Story): boolean =>
  !existsSync(fileFor(name)) && (wanted.length === 0 || wanted.includes(name));

/** The last run has the story's own name, earlier ones count back from it. */
function fileFor(name: string, earlier = 0): URL {
  const file = earlier === 0 ? name : `${name}.${earlier}-before`;
  return new URL(`../test/histories/${file}.json`, import.meta.url);
}

async function record(client: Client, shop: Shop, story: Story): Promise<void> {
  const orderId = await story.tell(shop);
  const runIds = (await runIdsOf(orderId)).reverse();
  for (const [earlier, runId] of runIds.slice(0, story.isEveryRunKept ? undefined : 1).entries()) {
    const history = await client.workflow.getHandle(orderId, runId).fetchHistory();
    writeFileSync(fileFor(story.name, earlier), linesOf(historyToJSON(history)));
    console.log(`${story.name}: ${history.events?.length} events`);
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
  const shop = await openShop();
  const client = await temporalClient();
  for (const story of STORIES.filter(isWanted))
    await record(client, shop, story).catch(async (error: unknown) => {
      failures += 1;
      console.error(story.name, error);
      await shop.gateway('PUT', '/faults', {});
    });
} finally {
  await mochaHooks.afterAll();
}
process.exit(failures === 0 ? 0 : 1);
