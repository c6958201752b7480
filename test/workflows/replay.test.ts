/**
 * Old runs must survive new code: histories of everything that can become of an order, saved from the
 * real server, are replayed against the workflow as it is now.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker, type WorkflowBundlePath } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { workflowBundle } from '../../src/temporal/workflow-bundle.ts';
import { ORDER_WORKFLOW } from '../../src/workflows/inbox/messages.ts';
import {
  beQuiet,
  DATA_CONVERTER,
  type SavedHistory,
  savedHistories,
} from '../support/observed/histories.ts';
import { SCENARIOS } from '../support/scenarios/index.ts';
import { temporalClient } from '../support/temporal.ts';

const TASK_STARTED = 'EVENT_TYPE_WORKFLOW_TASK_STARTED';

type Histories = Parameters<typeof Worker.runReplayHistories>[1];

/** What went wrong with each, by its name. */
async function replayed(
  workflowBundle: WorkflowBundlePath,
  histories: Histories,
): Promise<Map<string, Error | undefined>> {
  const errors = new Map<string, Error | undefined>();
  const options = { workflowBundle, dataConverter: DATA_CONVERTER };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    errors.set(workflowId, error);
  return errors;
}

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

  it('replays when it is cut after any workflow task, as an evicted order is', async () => {
    const prefixes = saved.flatMap(prefixesOf);
    const results = await replayed(await workflowBundle(), prefixes);
    assert.equal(results.size, prefixes.length);
    for (const [name, error] of results) assert.equal(error, undefined, `${name}: ${error}`);
  });

  it('of every order of this test run replays too', async () => {
    const [scenario] = SCENARIOS;
    assert.ok(scenario);
    await scenario.tell();
    const client = await temporalClient();
    const histories = client.workflow.list({ query: `WorkflowType = '${ORDER_WORKFLOW}'` });
    const results = await replayed(await workflowBundle(), histories.intoHistories());
    assert.ok(results.size > 0);
    for (const [orderId, error] of results) assert.equal(error, undefined, `${orderId}: ${error}`);
  });

  it('does not replay against a workflow that does something else (so that the others mean something)', async () => {
    const results = await replayed(changed(await workflowBundle()), saved);
    for (const { workflowId } of saved)
      assert.ok(results.get(workflowId) instanceof DeterminismViolationError, workflowId);
  });
});

function prefixesOf({ workflowId, history }: SavedHistory): SavedHistory[] {
  return history.events.flatMap(({ eventType }, i) =>
    eventType === TASK_STARTED
      ? [
          {
            workflowId: `${workflowId}, ${i + 1}`,
            history: { events: history.events.slice(0, i + 1) },
          },
        ]
      : [],
  );
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
