/** Every order that is not at rest has a run, and none sleeps past its deadline, whatever was done to runs in Temporal. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Evidence, Violation } from '../evidence.ts';
import { type Invariant, wrong } from './remains.ts';

/** A reaper looks every five seconds, and orders past their deadline half a minute later. */
const PAST_DEADLINE_MS = 60_000;

const OPEN = 'select id from orders where not closed';
const PAST_DEADLINE = `
  select id from orders
  where not closed and next_deadline_at < now() - $1 * interval '1 millisecond'`;

export const everyOpenOrderRuns: Invariant = {
  name: 'I15 every order that is not at rest has a run',
  check: async ({ evidence }) => {
    const { rows } = await evidence.database.query<{ id: string }>(OPEN);
    const found: Violation[] = [];
    for (const { id } of rows)
      if (!(await hasRun(evidence, id))) found.push(wrong(id, 'it is open, and has no run'));
    return found;
  },
};

export const noneIsPastItsDeadline: Invariant = {
  name: 'I16 no order is past its deadline',
  check: async ({ evidence: { database } }) => {
    const { rows } = await database.query<{ id: string }>(PAST_DEADLINE, [PAST_DEADLINE_MS]);
    return rows.map(({ id }) =>
      wrong(id, `its deadline was over ${PAST_DEADLINE_MS / 1_000} s ago`),
    );
  },
};

/** One that came to rest while this was looked at has a run that has completed. */
async function hasRun({ temporal: { client } }: Evidence, id: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(id).describe();
    return status.name === 'RUNNING' || status.name === 'COMPLETED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
