/** Puts the trace into whatever begins or signals an order, on its way out to Temporal. */
import { context, SpanKind, type Tracer } from '@opentelemetry/api';
import type { Connection } from '@temporalio/client';
import type { Headers } from '@temporalio/common';
import { inSpan } from './in-span.ts';
import { withTrace } from './trace-header.ts';

/** The calls that carry headers to a workflow. */
const CALLS = [
  'startWorkflowExecution',
  'signalWithStartWorkflowExecution',
  'signalWorkflowExecution',
] as const;

/** What they have in common. */
interface Message {
  workflowId?: string | null;
  workflowExecution?: { workflowId?: string | null } | null;
  signalName?: string | null;
  header?: { fields?: Headers | null } | null;
}

type Service = Record<(typeof CALLS)[number], (message: Message) => Promise<unknown>>;

/**
 * Here and not in a client's interceptors, because signals are sent by the call itself, with the request
 * id by which Temporal knows a repeat.
 */
export function traceConnection(tracer: Tracer, connection: Connection): Connection {
  // Generated, with an overload for callbacks that nobody here uses.
  const service = connection.workflowService as unknown as Service;
  for (const name of CALLS) {
    const call = service[name].bind(service);
    service[name] = (message) => {
      const parent = context.active();
      const span = tracer.startSpan(
        name,
        { kind: SpanKind.CLIENT, attributes: attributesOf(message) },
        parent,
      );
      return inSpan(span, parent, () =>
        call({ ...message, header: { fields: withTrace(message.header?.fields ?? {}) } }),
      );
    };
  }
  return connection;
}

function attributesOf({ workflowId, workflowExecution, signalName }: Message) {
  const id = workflowId ?? workflowExecution?.workflowId;
  return {
    'rpc.system': 'grpc',
    ...(id && { 'temporal.workflow.id': id }),
    ...(signalName && { 'temporal.signal': signalName }),
  };
}
