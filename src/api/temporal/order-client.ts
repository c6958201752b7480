/**
 * The API's side of Temporal: starts orders and signals them. A call ends within its deadline; what
 * failed without a definite answer is `OrchestratorUnavailable`, and safe to send again.
 */
import { createHash } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { encodeWorkflowIdConflictPolicy, encodeWorkflowIdReusePolicy } from '@temporalio/common';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import {
  encodeToPayloads,
  encodeUserMetadata,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { LRUCache } from 'lru-cache';
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
import type { HistorySignal } from './order-runs.ts';
import { isAlreadyStarted, isNotFound, within } from './temporal-call.ts';

/**
 * For everything that one request asks of Temporal. A gateway gives up after 5 s, and the client's own
 * retries would go on for 20 s.
 */
const DEADLINE_MS = 2_500;
/** A probe is answered by a connection that stands; more is too slow to call ready. */
const PROBE_DEADLINE_MS = 1_000;
/** Orders that are about to be clicked or paid; of any other, the record says as much. */
const MOST_KNOWN = 10_000;
/** Far shorter than Temporal keeps a closed run: an order that is known to have one is not begun anew. */
const KNOWN_FOR_MS = 60 * 60_000;

export interface OrderClient {
  /**
   * Starts the order's workflow; one that runs, or ran before, is left alone. The run sleeps until the order expires
   * or is sent its first signal.
   */
  start(ledger: Ledger): Promise<void>;
  /** Of an order whose row is new: its first signal starts it, and need not read what it is. */
  expect(ledger: Ledger): void;
  /** Begins a run of an open order from its record; one that runs is left alone. */
  restart(ledger: Ledger): Promise<void>;
  /**
   * Delivers a signal. The payload's id makes a repeat: Temporal itself drops it.
   *
   * @throws UnknownOrder when there is no such order, OrchestratorUnavailable when Temporal did not take it.
   */
  signal<N extends SignalName>(orderId: string, name: N, payload: SignalPayloads[N]): Promise<void>;
  /** Delivers a signal that an earlier run was given and never took up. The order knows it by its own id. */
  deliverAgain(orderId: string, signal: HistorySignal): Promise<void>;
  isReachable(): Promise<boolean>;
}

type OrderWorkflow = (input: OrderInput) => Promise<void>;
type Message = { id: string };

interface OrderClientDependencies {
  client: Client;
  /** The ledger of the order's record; null when there is no such order. */
  ledgerOf(orderId: string): Promise<Ledger | null>;
  /** Do new orders sleep until their first signal? Orders that sleep are woken in either case. */
  ordersSleep?: boolean;
}

/**
 * Whether an order has done a task, as far as this process knows. A plain signal does not wake an order that has done
 * none: Temporal records it, and the order finds it there when it wakes.
 */
type Known = { status: 'awake' } | { status: 'unsignalled'; ledger: Ledger; isStarted: boolean };

const AWAKE: Known = { status: 'awake' };

export function createOrderClient({
  client,
  ledgerOf,
  ordersSleep = true,
}: OrderClientDependencies): OrderClient {
  const { workflow } = client;
  const { namespace, identity, loadedDataConverter } = client.options;
  const known = new LRUCache<string, Known>({ max: MOST_KNOWN, ttl: KNOWN_FOR_MS });

  async function start(ledger: Ledger): Promise<void> {
    const { terms } = ledger;
    const { orderId } = terms;
    if (isStarted(orderId)) return;
    try {
      await workflow.start<OrderWorkflow>(ORDER_WORKFLOW, {
        ...startOptions(ledger),
        ...(ordersSleep ? sleepUntilExpiry(ledger) : {}),
        args: [inputOf(ledger)],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    if (!isStarted(orderId)) known.set(orderId, { status: 'unsignalled', ledger, isStarted: true });
  }

  function isStarted(orderId: string): boolean {
    const found = known.get(orderId);
    return found?.status === 'awake' || found?.isStarted === true;
  }

  /** @throws UnknownOrder */
  async function look(orderId: string): Promise<Known> {
    const found = known.get(orderId);
    if (found !== undefined) return found;
    const ledger = await ledgerOf(orderId);
    if (ledger === null) throw new UnknownOrder(orderId);
    // Its first task writes the record.
    const looked: Known =
      ledger.revision > 0 ? AWAKE : { status: 'unsignalled', ledger, isStarted: false };
    known.set(orderId, looked);
    return looked;
  }

  /** Delivers the signal and has the order take it up, whether or not it sleeps. */
  async function wake(ledger: Ledger, signalName: string, payload: Message): Promise<void> {
    const { workflowId, taskQueue, staticSummary, typedSearchAttributes } = startOptions(ledger);
    await client.workflowService.signalWithStartWorkflowExecution({
      namespace,
      identity,
      workflowId,
      workflowType: { name: ORDER_WORKFLOW },
      taskQueue: { name: taskQueue },
      input: { payloads: await payloadsOf(inputOf(ledger)) },
      requestId: requestIdOf(signalName, payload.id),
      signalName,
      signalInput: { payloads: await payloadsOf(payload) },
      workflowIdConflictPolicy: encodeWorkflowIdConflictPolicy('USE_EXISTING') ?? null,
      workflowIdReusePolicy: encodeWorkflowIdReusePolicy('REJECT_DUPLICATE') ?? null,
      searchAttributes: {
        indexedFields: encodeUnifiedSearchAttributes(undefined, typedSearchAttributes),
      },
      userMetadata:
        (await encodeUserMetadata(loadedDataConverter, staticSummary, undefined)) ?? null,
    });
  }

  async function payloadsOf(value: unknown) {
    return (await encodeToPayloads(loadedDataConverter, value)) ?? null;
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
    await client.workflowService.signalWorkflowExecution({
      namespace,
      identity,
      workflowExecution: { workflowId: orderId },
      requestId: requestIdOf(signalName, payload.id),
      signalName,
      input: { payloads: await payloadsOf(payload) },
    });
  }

  async function deliverAgain(orderId: string, { id, ...signal }: HistorySignal): Promise<void> {
    await client.workflowService.signalWorkflowExecution({
      ...signal,
      namespace,
      identity,
      workflowExecution: { workflowId: orderId },
      requestId: requestIdOf('again', id),
    });
  }

  /** Begins a run from the record: of an order that is closed, or whose start never came through. */
  async function reopen(
    { orderId, ...options }: Partial<ReturnType<typeof startOptions>> & { orderId: string },
    signal: string,
    payload: Message,
  ): Promise<void> {
    await workflow.signalWithStart<OrderWorkflow, [Message]>(ORDER_WORKFLOW, {
      ...options,
      workflowId: orderId,
      taskQueue: TASK_QUEUE,
      args: [{ from: 'record', orderId }],
      signal,
      signalArgs: [payload],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  }

  async function signal(orderId: string, name: string, payload: Message): Promise<void> {
    const order = await look(orderId).catch((error: unknown) => {
      if (error instanceof UnknownOrder) throw error;
      return null;
    });
    if (order?.status === 'unsignalled') {
      const isAwake = await wake(order.ledger, name, payload).then(
        () => true,
        (error: unknown) => {
          // It has closed meanwhile.
          if (isAlreadyStarted(error)) return false;
          throw error;
        },
      );
      known.set(orderId, AWAKE);
      if (isAwake) return;
    }
    try {
      await signalOpen(orderId, name, payload);
      // Nothing is known of the order without a database, and the run that has the signal may sleep. The order knows
      // the repeat by its id.
      if (order === null) await reopen({ orderId }, name, payload);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const ledger = await ledgerOf(orderId);
      if (ledger === null) throw new UnknownOrder(orderId);
      await reopen({ ...startOptions(ledger), orderId }, name, payload);
    }
  }

  return {
    start: (ledger) => within(client, DEADLINE_MS, () => start(ledger)),
    expect: (ledger) =>
      void known.set(ledger.terms.orderId, { status: 'unsignalled', ledger, isStarted: false }),
    restart: (ledger) => within(client, DEADLINE_MS, () => restart(ledger)),
    signal: (orderId, name, payload) =>
      within(client, DEADLINE_MS, () => signal(orderId, name, payload)),
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

/** Also of the run that a signal begins, because the start was lost. */
function inputOf({ terms }: Ledger): OrderInput {
  return { from: 'start', terms, sleeps: true };
}

/** By Temporal's own clock, which counts from when it takes the start. */
function sleepUntilExpiry({ terms: { expiresAt } }: Ledger): { startDelay?: number } {
  const leftMs = expiresAt - Date.now();
  return leftMs > 0 ? { startDelay: leftMs } : {};
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
