/**
 * Brings the namespace of the development server to what `temporal-dev.yaml` declares. The server
 * reads its arguments only when it creates a namespace, so an older database needs this.
 */
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { msNumberToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import type { TemporalDevFile } from './temporal-dev-file.ts';

const GRPC_NOT_FOUND = 5;
const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;

/** Makes the namespace where there is none, and keeps closed orders visible for as long as the file says. */
export async function ensureNamespace(
  { workflowService }: Connection,
  { namespace, retention }: TemporalDevFile,
): Promise<void> {
  const seconds = Math.round(retention / 1000);
  const { config } = await workflowService
    .describeNamespace({ namespace })
    .catch(async (error: unknown) => {
      if (!isGrpcServiceError(error) || Number(error.code) !== GRPC_NOT_FOUND) throw error;
      await workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: msNumberToTs(retention),
      });
      return workflowService.describeNamespace({ namespace });
    });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) === seconds) return;
  await workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msNumberToTs(retention) },
  });
}

/** Registers what is missing; gives whether everything was there already. */
export async function ensureSearchAttributes(
  { operatorService }: Connection,
  { namespace, searchAttributes }: TemporalDevFile,
): Promise<boolean> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return true;
  const types = missing.map(([name, type]) => [
    name,
    encodeSearchAttributeIndexedValueType(type.toUpperCase() as Uppercase<typeof type>),
  ]);
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(types),
  });
  return false;
}

/** @throws Error while the part of the server that hands out tasks has not joined the others. */
export async function ensureQueueIsServed(
  { workflowService }: Connection,
  { namespace, taskQueue }: TemporalDevFile,
): Promise<void> {
  await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
  });
}
