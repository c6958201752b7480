/**
 * Keeps two stacks from serving one database. An API whose Temporal namespace is not the one that holds the
 * database ends, with a line that says which two there are: each would begin a run of every open order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { LEASE_MS, type Orchestrator, renewLease } from '../../store/orchestrator-lease.ts';
import { within } from './temporal-call.ts';

const RENEW_EVERY_MS = LEASE_MS / 4;
/** A start does not wait longer for a Temporal that is away; the lease is taken once it is there. */
const DESCRIBE_MS = 2_000;

interface LeaseDependencies {
  database: Pick<Database, 'pool'>;
  client: Client;
  /** Of Temporal. */
  address: string;
  log: Logger;
}

/** Another Temporal namespace holds the database; the message says which, and what to do. */
export class DatabaseTaken extends Error {
  override readonly name = 'DatabaseTaken';
}

export interface OrchestratorLease {
  /** @throws DatabaseTaken when another namespace holds the database */
  renew(): Promise<void>;
}

export function createOrchestratorLease(dependencies: LeaseDependencies): OrchestratorLease {
  const { database, client, address, log } = dependencies;
  const { namespace } = client.options;
  let known: string | undefined;

  /** Nothing while Temporal is away, or its namespace is. */
  async function readNamespaceId(): Promise<string | undefined> {
    try {
      const { namespaceInfo } = await within(client, DESCRIBE_MS, () =>
        client.workflowService.describeNamespace({ namespace }),
      );
      return namespaceInfo?.id || undefined;
    } catch {
      return undefined;
    }
  }

  return {
    renew: async () => {
      const present = await readNamespaceId();
      // While Temporal is away, its namespace is taken to be the one that it was.
      const namespaceId = present ?? known;
      if (namespaceId === undefined) return;
      const self: Orchestrator = { namespaceId, place: `${address}/${namespace}` };
      const lease = await renewLease(database, self, known ?? namespaceId).catch(
        (error: unknown) => {
          log.warn({ err: error }, 'the lease of the database not renewed; tried again soon');
          return { status: 'unknown' } as const;
        },
      );
      if (lease.status === 'held') known = namespaceId;
      // A namespace that was lost may have been made again meanwhile, and another API have seen that first.
      const isSure = present !== undefined;
      if (lease.status === 'refused' && isSure) throw new DatabaseTaken(refusalOf(self, lease));
    },
  };
}

function refusalOf(
  self: Orchestrator,
  { holder, renewedSecondsAgo }: { holder: Orchestrator; renewedSecondsAgo: number },
): string {
  const theirs = `${holder.place} (namespace id ${holder.namespaceId})`;
  const own = `${self.place} (namespace id ${self.namespaceId})`;
  return `the database serves another Temporal: ${theirs} renewed its lease ${Math.round(renewedSecondsAgo)} s ago, and this process is configured for ${own}. Two would run every order twice: correct DATABASE_URL or TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE; or, to move to this Temporal, stop the other APIs and start again ${LEASE_MS / 1_000} s later`;
}

/** Renews until the signal is given. @throws DatabaseTaken when another namespace holds the database */
export async function keepLease(lease: OrchestratorLease, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(RENEW_EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    await lease.renew();
  }
}
