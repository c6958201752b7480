/**
 * What an operator does to the run of an order in Temporal: ends it, or sets it back to an earlier task. Each
 * resolves when the order goes on; an order that does not is found by the checks.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import type { Random } from './random.ts';

/** A reaper looks every five seconds, and Temporal may be away meanwhile. */
const REVIVAL_MS = 60_000;
const GLANCE_MS = 500;
const MOST_LOOKED_AT = 100;

export interface RunFaults {
  terminate(): Promise<void>;
  reset(): Promise<void>;
}

export function createRunFaults(client: Client, random: Random): RunFaults {
  const { workflow, workflowService, options } = client;

  async function pickRun(): Promise<{ workflowId: string; runId: string } | undefined> {
    const runs: { workflowId: string; runId: string }[] = [];
    for await (const run of workflow.list({ query: "ExecutionStatus = 'Running'" })) {
      runs.push(run);
      if (runs.length === MOST_LOOKED_AT) break;
    }
    return runs.length === 0 ? undefined : random.pick(runs);
  }

  /** Another run, or an order that has come to rest. */
  async function untilItGoesOn(workflowId: string, runId: string): Promise<void> {
    const goesOn = async (): Promise<boolean> => {
      const present = await workflow.getHandle(workflowId).describe();
      return present.runId !== runId || present.status.name === 'COMPLETED';
    };
    await pWaitFor(() => goesOn().catch(() => false), { interval: GLANCE_MS, timeout: REVIVAL_MS });
  }

  async function terminate(): Promise<void> {
    const run = await pickRun();
    if (run === undefined) return;
    await workflow.getHandle(run.workflowId, run.runId).terminate('chaos');
    await untilItGoesOn(run.workflowId, run.runId);
  }

  async function reset(): Promise<void> {
    const run = await pickRun();
    if (run === undefined) return;
    const { workflowId, runId } = run;
    const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
    const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    if (tasks.length === 0) return;
    await workflowService.resetWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId, runId },
      reason: 'chaos',
      requestId: randomUUID(),
      workflowTaskFinishEventId: random.pick(tasks).eventId ?? null,
    });
    await untilItGoesOn(workflowId, runId);
  }

  // While Temporal is away, or the run has just ended by itself, there is nothing to do to it.
  const tried = (act: () => Promise<void>) => () => act().catch(() => undefined);
  return { terminate: tried(terminate), reset: tried(reset) };
}
