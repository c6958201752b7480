/**
 * The API's side of Temporal: starts orders and signals them. A call ends within its deadline; what
 * failed without a definite answer is `OrchestratorUnavailable`, and safe to send again.
 */
import { createHash } from 'node:crypto';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from '@temporalio/client';
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
import type { HistorySignal } from './run-signals.ts';
import { isAlreadyStarted, isNotFound, within } from './temporal-call.ts';

/**
 * For everything that one request asks of Temporal. A gateway gives up after 5 s, and the client's own
 * retries would go on for 20 s.
 */
const DEADLINE_MS = 2_500;
/** A probe is answered by a connection that stands; more is too slow to call ready. */
const PROBE_DEADLINE_MS = 1_000;
/** Orders that were just created. */
const MOST_KNOWN = 10_000;
/** Far shorter than Temporal keeps a closed run: an order that was started has one. */
const KNOWN_FOR_MS = 60 * 60_000;

/** In a run's memo: the id of the run whose signals it was to be sent. */
export const GOES_ON_FROM = 'goesOnFrom';

export interface OrderClient {
  /** Starts the order's workflow; one that runs, or ran before, is left alone. */
  start(ledger: Ledger): Promise<void>;
  /** Of an order whose row is new: the next signal from here starts it. */
  expect(ledger: Ledger): void;
  /** Begins a run of an open order from its record; one that runs is left alone. */
  restart(ledger: Ledger): Promise<void>;
  /**
   * Ends the run that is there, if any, and begins one from the record in its place.
   *
   * @param goesOnFrom the run of before whose signals it is to be sent, for whoever finds it without them
   */
  replaceRun(ledger: Ledger, goesOnFrom?: string): Promise<void>;
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
  const { namespace, identity, loadedDataConverter } = client.options;
  const started = new LRUCache<string, true>({ max: MOST_KNOWN, ttl: KNOWN_FOR_MS });
  /** Orders whose first signal is to start them. */
  const expected = new LRUCache<string, Ledger>({ max: MOST_KNOWN, ttl: KNOWN_FOR_MS });

  async function start(ledger: Ledger): Promise<void> {
    const { orderId } = ledger.terms;
    if (started.has(orderId)) return;
    try {
      await workflow.start<OrderWorkflow>(ORDER_WORKFLOW, {
        ...startOptions(ledger),
        args: [inputOf(ledger)],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    started.set(orderId, true);
  }

  /** Starts the order with its first signal; one that runs gets the signal. */
  async function startWith(ledger: Ledger, signalName: string, payload: Message): Promise<void> {
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
    started.set(ledger.terms.orderId, true);
  }

  async function payloadsOf(value: unknown) {
    return (await encodeToPayloads(loadedDataConverter, value)) ?? null;
  }

  async function restart(ledger: Ledger): Promise<void> {
    await startFromRecord(ledger, { workflowIdConflictPolicy: 'USE_EXISTING' });
  }

  async function replaceRun(ledger: Ledger, goesOnFrom?: string): Promise<void> {
    await startFromRecord(ledger, {
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
      ...(goesOnFrom !== undefined && { memo: { [GOES_ON_FROM]: goesOnFrom } }),
    });
  }

  async function startFromRecord(
    ledger: Ledger,
    options: Pick<WorkflowStartOptions, 'workflowIdConflictPolicy' | 'memo'>,
  ): Promise<void> {
    await workflow.start<OrderWorkflow>(ORDER_WORKFLOW, {
      ...startOptions(ledger),
      ...options,
      args: [{ from: 'record', orderId: ledger.terms.orderId }],
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

  async function deliverAgain(
    orderId: string,
    { id, eventId: _, ...signal }: HistorySignal,
  ): Promise<void> {
    await client.workflowService.signalWorkflowExecution({
      ...signal,
      namespace,
      identity,
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

  async function signal(orderId: string, name: string, payload: Message): Promise<void> {
    const beginning = expected.get(orderId);
    expected.delete(orderId);
    try {
      if (beginning !== undefined) return await startWith(beginning, name, payload);
    } catch (error) {
      // It has run and closed meanwhile.
      if (!isAlreadyStarted(error)) throw error;
    }
    try {
      await signalOpen(orderId, name, payload);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const ledger = await ledgerOf(orderId);
      if (ledger === null) throw new UnknownOrder(orderId);
      await reopen(ledger, name, payload);
    }
  }

  return {
    start: (ledger) => within(client, DEADLINE_MS, () => start(ledger)),
    expect: (ledger) => void expected.set(ledger.terms.orderId, ledger),
    restart: (ledger) => within(client, DEADLINE_MS, () => restart(ledger)),
    replaceRun: (ledger, goesOnFrom) =>
      within(client, DEADLINE_MS, () => replaceRun(ledger, goesOnFrom)),
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

function inputOf({ terms }: Ledger): OrderInput {
  return { from: 'start', terms };
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
