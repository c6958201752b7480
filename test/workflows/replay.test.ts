/**
 * Old runs must survive new code: histories of everything that can become of an order, saved from the
 * real server, are replayed against the workflow as it is now.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkflowBundlePath } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { workflowBundle } from '../../src/temporal/workflow-bundle.ts';
import { ORDER_WORKFLOW } from '../../src/workflows/inbox/messages.ts';
import { beQuiet, savedHistories } from '../support/observed/histories.ts';
import { prefixesOf, replayed } from '../support/observed/replays.ts';
import { SCENARIOS } from '../support/scenarios/index.ts';
import { temporalClient } from '../support/temporal.ts';

/** The newest orders of this run: their histories are of today's code, and as different as its tests. */
const ORDERS = 60;

describe('a saved history, T50 T51', function () {
  this.timeout(300_000);
  const saved = savedHistories();
  let errors: Map<string, Error | undefined>;

  before(async () => {
    beQuiet();
    errors = await replayed(await workflowBundle(), saved);
  });

  for (const { workflowId } of saved)
    it(`replays: ${workflowId}`, () => {
      assert.ok(errors.has(workflowId), 'it was not replayed');
      assert.ifError(errors.get(workflowId));
    });

  it('replays when it is cut in its middle, as an evicted order is', async () => {
    const prefixes = saved.flatMap((history) => middleOf(prefixesOf(history)));
    const results = await replayed(await workflowBundle(), prefixes);
    assert.equal(results.size, saved.length);
    for (const [name, error] of results) assert.equal(error, undefined, `${name}: ${error}`);
  });

  it('of orders of this test run replays too', async () => {
    const [scenario] = SCENARIOS;
    assert.ok(scenario);
    await scenario.tell();
    const client = await temporalClient();
    const histories = client.workflow.list({ query: `WorkflowType = '${ORDER_WORKFLOW}'` });
    const newest = firstOf(histories.intoHistories(), ORDERS);
    const results = await replayed(await workflowBundle(), newest);
    assert.ok(results.size > 0);
    for (const [orderId, error] of results) assert.equal(error, undefined, `${orderId}: ${error}`);
  });

  it('does not replay against a workflow that does something else (so that the others mean something)', async () => {
    const results = await replayed(changed(await workflowBundle()), saved);
    for (const { workflowId } of saved)
      assert.ok(results.get(workflowId) instanceof DeterminismViolationError, workflowId);
  });
});

const middleOf = <T>(all: readonly T[]): T[] => all.slice(all.length >> 1, (all.length >> 1) + 1);

async function* firstOf<T>(all: AsyncIterable<T>, count: number): AsyncIterable<T> {
  let taken = 0;
  for await (const one of all) {
    yield one;
    taken += 1;
    if (taken === count) return;
  }
}

/** The same workflow, with one activity under another name: the one that every order has. */
function changed({ codePath }: WorkflowBundlePath): WorkflowBundlePath {
  const code = readFileSync(codePath, 'utf8');
  const other = code.replaceAll('takeStep', 'takeAnotherStep');
  assert.notEqual(other, code);
  const copy = path.join(mkdtempSync(path.join(tmpdir(), 'payonce-bundle-')), 'changed.cjs');
  writeFileSync(copy, other);
  return { codePath: copy };
}
