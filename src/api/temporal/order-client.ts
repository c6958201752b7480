/**
 * The API's side of Temporal: starts orders and signals them. A call ends within its deadline; what
 * failed without a definite answer is `OrchestratorUnavailable`, and safe to send again.
 */
import { createHash } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { encodeToPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Ledger } from '../../domain/ledger.ts';
import { moneyText } from '../../money/text.ts';
import { startingAttributes } from '../../workflows/details/search-attributes.ts';
import {
  ORDER_WORKFLOW,
  type OrderInput,
  type SignalName,
  type SignalPayloads,
  TASK_QUEUE,
} from '../../workflows/inbox/messages.ts';
import { UnknownOrder } from '../problems/orchestrator-errors.ts';
import type { HistorySignal } from './run-signals.ts';
import { isNotFound, within } from './temporal-call.ts';

/**
 * For everything that one request asks of Temporal. A gateway gives up after 5 s, and the client's own
 * retries would go on for 20 s.
 */
const DEADLINE_MS = 2_500;
/** A probe is answered by a connection that stands; more is too slow to call ready. */
const PROBE_DEADLINE_MS = 1_000;

export interface OrderClient {
  /** Starts the order's workflow; one that runs, or ran before, is left alone. */
  start(ledger: Ledger): Promise<void>;
  /** Begins a run of an open order from its record; one that runs is left alone. */
  restart(ledger: Ledger): Promise<void>;
  /**
   * Delivers a signal. The payload's id makes a repeat: Temporal itself drops it.
   *
   * @throws UnknownOrder when there is no such order, OrchestratorUnavailable when Temporal did not take it.
   */
  signal<N extends SignalName>(orderId: string, name: N, payload: SignalPayloads[N]): Promise<void>;
  /** Delivers a signal that an earlier run was given and never wrote down. The order knows it by its own id. */
  deliverAgain(orderId: string, signal: HistorySignal): Promise<void>;
  isReachable(): Promise<boolean>;
}

type OrderWorkflow = (input: OrderInput) => Promise<void>;
type Message = { id: string };

interface OrderClientDependencies {
  client: Client;
  /** The ledger of the order's record; null when there is no such order. */
  ledgerOf(orderId: string): Promise<Ledger | null>;
}

export function createOrderClient({ client, ledgerOf }: OrderClientDependencies): OrderClient {
  const { workflow } = client;

  async function start(ledger: Ledger): Promise<void> {
    const { terms } = ledger;
    try {
      await workflow.start<OrderWorkflow>(ORDER_WORKFLOW, {
        ...startOptions(ledger),
        args: [{ from: 'start', terms }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  async function restart(ledger: Ledger): Promise<void> {
    const { orderId } = ledger.terms;
    await workflow.start<OrderWorkflow>(ORDER_WORKFLOW, {
      ...startOptions(ledger),
      args: [{ from: 'record', orderId }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  }

  async function signalOpen(orderId: string, signalName: string, payload: Message) {
    const { loadedDataConverter } = client.options;
    const payloads = (await encodeToPayloads(loadedDataConverter, payload)) ?? null;
    await client.workflowService.signalWorkflowExecution({
      namespace: client.options.namespace,
      identity: client.options.identity,
      workflowExecution: { workflowId: orderId },
      requestId: requestIdOf(signalName, payload.id),
      signalName,
      input: { payloads },
    });
  }

  async function deliverAgain(
    orderId: string,
    { id, eventId: _, ...signal }: HistorySignal,
  ): Promise<void> {
    await client.workflowService.signalWorkflowExecution({
      ...signal,
      namespace: client.options.namespace,
      identity: client.options.identity,
      workflowExecution: { workflowId: orderId },
      requestId: requestIdOf('again', id),
    });
  }

  /** Begins a run from the record: of an order that is closed, or whose start never came through. */
  async function reopen(ledger: Ledger, signal: string, payload: Message): Promise<void> {
    const { orderId } = ledger.terms;
    await workflow.signalWithStart<OrderWorkflow, [Message]>(ORDER_WORKFLOW, {
      ...startOptions(ledger),
      args: [{ from: 'record', orderId }],
      signal,
      signalArgs: [payload],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  }

  return {
    start: (ledger) => within(client, DEADLINE_MS, () => start(ledger)),
    restart: (ledger) => within(client, DEADLINE_MS, () => restart(ledger)),
    signal: (orderId, name, payload) =>
      within(client, DEADLINE_MS, async () => {
        try {
          await signalOpen(orderId, name, payload);
        } catch (error) {
          if (!isNotFound(error)) throw error;
          const ledger = await ledgerOf(orderId);
          if (ledger === null) throw new UnknownOrder(orderId);
          await reopen(ledger, name, payload);
        }
      }),
    deliverAgain: (orderId, signal) =>
      within(client, DEADLINE_MS, () => deliverAgain(orderId, signal)),
    isReachable: () =>
      client
        .withDeadline(Date.now() + PROBE_DEADLINE_MS, () =>
          client.workflowService.getSystemInfo({}),
        )
        .then(
          () => true,
          () => false,
        ),
  };
}

function startOptions(ledger: Ledger) {
  const { orderId, amountMinor, currency, gateway } = ledger.terms;
  return {
    workflowId: orderId,
    taskQueue: TASK_QUEUE,
    staticSummary: `${moneyText(amountMinor, currency)} through ${gateway}`,
    typedSearchAttributes: startingAttributes(ledger),
  };
}

/** Long enough never to meet another, and the same in every process. */
function requestIdOf(signal: string, id: string): string {
  return createHash('sha256').update(`${signal}:${id}`).digest('hex');
}
