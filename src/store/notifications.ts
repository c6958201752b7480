/**
 * Notifications of committed records, over one connection of its own that reconnects without end.
 * A notification only says "look again": nothing may depend on one arriving.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CHANGE_CHANNEL } from './change-channel.ts';
import { createWaiters, type OnChange, type Waiters } from './waiters.ts';

export interface ChangeFeed {
  /**
   * Resolves to true on the order's next change, or when one may have been missed because the
   * connection was lost; to false after `timeoutMs` or an abort. It listens from the call on, so
   * call it before reading: a change between a read and the call would be missed.
   */
  next(orderId: string, timeoutMs: number, signal?: AbortSignal): Promise<boolean>;
  /**
   * Calls back for every order that changes, with an empty text for a list, and with null when changes may have been
   * missed, until it is undone.
   */
  watch(onChange: OnChange): () => void;
  /** Ends the connection; waits that are still open resolve to false. */
  close(): Promise<void>;
}

/** Short enough that a restarted database is hardly noticed, long enough not to storm a dead one. */
const RECONNECT_DELAY_MS = 250;
/** A connection within one network that takes longer than this is not there. */
const CONNECT_TIMEOUT_MS = 1000;
/** How often a silent connection is checked. */
const HEARTBEAT_MS = 10_000;
/** A heartbeat is answered in milliseconds; without an answer the connection is taken for dead. */
const QUERY_TIMEOUT_MS = 2000;

/** Starts listening. Resolves after the first attempt to connect, also when that failed. */
export async function listenForChanges(url: string): Promise<ChangeFeed> {
  const waiters = createWaiters();
  const closing = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((attempted) => {
    ended = listenUntilClosed({ url, waiters, signal: closing.signal, attempted });
  });
  return {
    next: waiters.wait,
    watch: waiters.watch,
    async close() {
      closing.abort();
      await ended;
      waiters.wakeAll(false);
    },
  };
}

interface Listening {
  url: string;
  waiters: Waiters;
  signal: AbortSignal;
  attempted: () => void;
}

async function listenUntilClosed(listening: Listening): Promise<void> {
  const { signal, attempted } = listening;
  while (!signal.aborted) {
    // Whatever ends a connection, the answer is another one; readers see the database's own errors.
    await listen(listening).catch(() => {});
    attempted();
    await sleep(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => {});
  }
}

/** One connection, from its beginning until it is lost or closed. */
async function listen({ url, waiters, signal, attempted }: Listening): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    application_name: 'payonce-listener',
  });
  const over = new AbortController();
  const end = () => over.abort();
  client.on('error', end);
  client.on('end', end);
  client.on('notification', ({ payload }) => waiters.wake(payload ?? ''));
  signal.addEventListener('abort', end);
  try {
    await client.connect();
    await client.query(`listen ${CHANGE_CHANNEL}`);
    // Changes before this moment may have been missed.
    waiters.wakeAll(true);
    attempted();
    while (!over.signal.aborted) {
      await sleep(HEARTBEAT_MS, undefined, { signal: over.signal }).catch(() => {});
      if (!over.signal.aborted) await client.query('select 1');
    }
  } finally {
    signal.removeEventListener('abort', end);
    await client.end();
  }
}
