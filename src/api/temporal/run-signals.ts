/**
 * The signals that a run was given, for the run that takes its place: a run that is ended takes with it what it had in
 * memory alone, such as the rest of a backlog.
 */
import type { Client } from '@temporalio/client';
import {
  decodeArrayFromPayloads,
  encodeToPayloads,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { OrderInput } from '../../workflows/inbox/messages.ts';
import { type HistoryEvent, historyOf, type OrderRun } from './runs.ts';

type Signaled = NonNullable<HistoryEvent['workflowExecutionSignaledEventAttributes']>;

/** A signal as the history has it, encrypted where payloads are. */
export type HistorySignal = Pick<Signaled, 'signalName' | 'input' | 'header'> & {
  /** The same in every process that reads the history. */
  id: string;
  /** What its sender calls it; undefined where that cannot be read. */
  eventId: string | undefined;
};

/** Newest first: what the run was sent, then what the run before it left in its inbox. */
export async function* readSignals(
  client: Client,
  run: OrderRun,
): AsyncGenerator<HistorySignal, void> {
  const { runId } = run;
  const { loadedDataConverter: converter } = client.options;
  for await (const event of historyOf(client, run, 'newest first')) {
    const { workflowExecutionSignaledEventAttributes: signal } = event;
    if (signal) yield { ...(await given(signal)), id: `${runId}:${event.eventId}` };
    else yield* (await carried(event)).reverse();
  }

  async function given({ signalName = null, input = null, header = null }: Signaled) {
    const [payload] = await decoded(input);
    return { signalName, input, header, eventId: idOf(payload) };
  }

  async function carried({ workflowExecutionStartedEventAttributes: started }: HistoryEvent) {
    const [input] = (await decoded(started?.input)) as (OrderInput | undefined)[];
    const inbox = input?.from === 'carried' ? input.inbox : [];
    return Promise.all(
      inbox.map(async ({ signal, payload }, i) => ({
        id: `${runId}:inbox-${i}`,
        eventId: idOf(payload),
        signalName: signal,
        input: { payloads: (await encodeToPayloads(converter, payload)) ?? null },
      })),
    );
  }

  function decoded(input: Signaled['input']): Promise<unknown[]> {
    return decodeArrayFromPayloads(converter, input?.payloads).catch(() => []);
  }
}

function idOf(payload: unknown): string | undefined {
  const { id } = (payload ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : undefined;
}
