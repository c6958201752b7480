/** Temporal itself, asked directly: what a history holds and what runs right now. */
import { Client, Connection } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { sharedStack } from './stack.ts';

const GLANCE_MS = 20;

/** Pending activities are numbered by state in Temporal's API: this one is "started". */
const STARTED = 2;

let client: Promise<Client> | undefined;

export function temporalClient(): Promise<Client> {
  client ??= connect();
  return client;
}

async function connect(): Promise<Client> {
  const { temporalAddress, temporalNamespace } = await sharedStack();
  const connection = await Connection.connect({ address: temporalAddress });
  return new Client({ connection, namespace: temporalNamespace });
}

/** Waits until a worker has this activity of the order in its hands. */
export async function untilActivityRuns(orderId: string, activityType: string): Promise<void> {
  const handle = (await temporalClient()).workflow.getHandle(orderId);
  await pWaitFor(
    async () => {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).some(
        ({ activityType: type, state }) => type?.name === activityType && state === STARTED,
      );
    },
    { interval: GLANCE_MS },
  );
}
