/**
 * `npm run histories:record [NAME …]`: tells the stories on a real stack and saves their histories for the
 * replay test. Saved histories are only ever added to: a story that has one already is left alone.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { openShop } from '../test/support/shop.ts';
import { mochaHooks } from '../test/support/stack.ts';
import { STORIES } from '../test/support/stories.ts';
import { temporalClient } from '../test/support/temporal.ts';

const wanted = process.argv.slice(2);

function fileFor(name: string): URL {
  return new URL(`../test/histories/${name}.json`, import.meta.url);
}

try {
  const shop = await openShop();
  const client = await temporalClient();
  for (const { name, tell } of STORIES) {
    if (existsSync(fileFor(name)) || (wanted.length > 0 && !wanted.includes(name))) continue;
    const orderId = await tell(shop);
    const history = await client.workflow.getHandle(orderId).fetchHistory();
    await writeFile(fileFor(name), historyToJSON(history));
    console.log(`${name}: ${history.events?.length} events`);
  }
} finally {
  await mochaHooks.afterAll();
}
process.exit();
