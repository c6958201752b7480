/** Every run that any order of this chaos run has had, as files. */
import { writeFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ORDER_WORKFLOW } from '../src/workflows/inbox/messages.ts';

export async function exportHistories(client: Client, folder: string): Promise<void> {
  for await (const { workflowId, runId } of client.workflow.list({
    query: `WorkflowType = '${ORDER_WORKFLOW}'`,
  })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    await writeFile(`${folder}/${workflowId}.${runId}.json`, historyToJSON(history));
  }
}
