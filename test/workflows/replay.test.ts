/**
 * Old runs must survive new code: histories of every main story, saved from the real server, are replayed
 * against the workflow as it is now.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DefaultLogger, Runtime, Worker, type WorkflowBundlePath } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { PAYLOAD_CONVERTER_PATH } from '../../src/payload-converter-path.ts';
import { workflowBundle } from '../../src/workflow-bundle.ts';
import { ORDER_WORKFLOW } from '../../src/workflows/messages.ts';
import { openShop } from '../support/shop.ts';
import { STORIES } from '../support/stories.ts';
import { temporalClient } from '../support/temporal.ts';

const HISTORIES = new URL('../histories/', import.meta.url);
const TASK_STARTED = 'EVENT_TYPE_WORKFLOW_TASK_STARTED';

interface History {
  events: { eventType: string }[];
}

const saved = readdirSync(HISTORIES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    name: path.basename(file, '.json'),
    history: JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')) as History,
  }));

function replay(bundle: WorkflowBundlePath, history: History, name: string): Promise<void> {
  const options = {
    workflowBundle: bundle,
    dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
  };
  return Worker.runReplayHistory(options, history, name);
}

describe('a saved history, T50 T51', function () {
  this.timeout(300_000);

  before(() => {
    // A prefix ends where the next step would run for real: what the worker says of that is no news.
    const logging = { filter: 'OFF', forward: {} } as const;
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
  });

  it('is there for every main story', () => {
    assert.ok(saved.length >= 8, `only ${saved.length} histories: run npm run histories:record`);
  });

  for (const { name, history } of saved)
    it(`replays: ${name}`, async () => {
      await replay(await workflowBundle(), history, name);
    });

  it('replays when it is cut after any workflow task, as an evicted order is', async () => {
    const bundle = await workflowBundle();
    for (const { name, history } of saved)
      for (const prefix of prefixesOf(history)) await replay(bundle, prefix, name);
  });

  it('of every order of this test run replays too', async () => {
    const [story] = STORIES;
    assert.ok(story);
    await story.tell(await openShop());
    const client = await temporalClient();
    const histories = client.workflow.list({ query: `WorkflowType = '${ORDER_WORKFLOW}'` });
    const options = {
      workflowBundle: await workflowBundle(),
      dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
    };
    let replayed = 0;
    for await (const result of Worker.runReplayHistories(options, histories.intoHistories())) {
      assert.ifError(result.error);
      replayed += 1;
    }
    assert.ok(replayed > 0);
  });

  it('does not replay against a workflow that does something else (so that the others mean something)', async () => {
    const changed = await changedBundle();
    const [first] = saved;
    assert.ok(first);
    await assert.rejects(replay(changed, first.history, first.name), DeterminismViolationError);
  });
});

function prefixesOf(history: History): History[] {
  return history.events.flatMap(({ eventType }, i) =>
    eventType === TASK_STARTED ? [{ events: history.events.slice(0, i + 1) }] : [],
  );
}

/** The same workflow, with one activity under another name. */
async function changedBundle(): Promise<WorkflowBundlePath> {
  const { codePath } = await workflowBundle();
  const code = readFileSync(codePath, 'utf8');
  const changed = code.replaceAll('createPayment', 'createAnotherPayment');
  assert.notEqual(changed, code);
  const copy = path.join(mkdtempSync(path.join(tmpdir(), 'payonce-bundle-')), 'changed.cjs');
  await writeFile(copy, changed);
  return { codePath: copy };
}
