/** Reading and changing through the API, and following what changes. */
import {
  type Query,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call, type components, type Reply } from '../src/client/index.ts';
import { accepted, type Session, useSession } from './session.tsx';

export type Order = components['schemas']['Order'];
export type ParkedEvent = components['schemas']['ParkedEvent'];
export type ParkedEventWithBody = components['schemas']['ParkedEventWithBody'];
export type Dispute = components['schemas']['Dispute'];
export type StuckEffect = components['schemas']['StuckEffect'];
export type Overview = components['schemas']['Overview'];
export type ListCounts = components['schemas']['ListCounts'];
export type ListCount = ListCounts[keyof ListCounts];
export type LastDay = components['schemas']['LastDay'];

/** People wait so long for a gateway's answer. */
const WAIT = { prefer: 'wait=20' };
const RECONNECT_MS = 2_000;
/** Many orders may change in one moment; lists are read again once for all of them. */
const GATHER_MS = 500;
/** The stream of changes opens anew once a minute, so that no count stays older than that. */
const COUNTED_EVERY_MS = 10_000;
/** What counts all orders and all of a day; what stops at a bound does not. */
const COUNTED: ReadonlySet<unknown> = new Set(['/v1/overview', '/v1/overview/day']);

export function useGet<T>(path: string | null) {
  const { client } = useSession();
  return useQuery({
    queryKey: [path],
    enabled: path !== null,
    queryFn: async () => accepted(await call<T>(client, 'GET', path ?? '')),
  });
}

/** How many each list has; one read for all that show it. */
export function useListCounts(): ListCounts | undefined {
  return useGet<ListCounts>('/v1/overview/lists').data;
}

/** A list page after page, each where the one before ended. The path has a query already. */
export function usePages<Page extends { nextCursor: string | null }>(path: string) {
  const { client } = useSession();
  return useInfiniteQuery({
    queryKey: ['pages', path],
    initialPageParam: '',
    queryFn: async ({ pageParam }) => {
      const cursor = pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`;
      return accepted(await call<Page>(client, 'GET', `${path}${cursor}`));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

/** No such thing, or words that cannot be the name of one. */
const NOTHING_THERE: ReadonlySet<number> = new Set([400, 404, 422]);

/**
 * Reads a path, or null where nothing is there, also where nothing can be: an e-mail address is no order's id.
 *
 * @throws Refusal where the API could not say
 */
export async function find<T>({ client }: Session, path: string): Promise<T | null> {
  const reply = await call<T>(client, 'GET', path);
  return NOTHING_THERE.has(reply.status) ? null : accepted(reply);
}

/** Reads once, when it is asked to: not again where something changes. */
export function useRead<T>(path: string) {
  const { client } = useSession();
  return useMutation({ mutationFn: async () => accepted(await call<T>(client, 'GET', path)) });
}

export interface Change {
  path: string;
  body: object;
}

const NO_ANSWER =
  'No answer came, so it may have been done. Look at the order, or send it again as it is: that does nothing twice.';
/** Answers that say nothing of the work itself: who asks is not let in, or another request under the key still runs. */
const UNDECIDED: ReadonlySet<number> = new Set([401, 403, 408, 429]);
const STILL_RUNS = 'idempotency_in_progress';

/** The keys of requests whose answer was lost, by what they asked for; they outlive a new sign-in in this tab. */
const UNANSWERED = 'payonce.unanswered';

function unansweredKeys(): Record<string, string> {
  return JSON.parse(sessionStorage.getItem(UNANSWERED) ?? '{}') as Record<string, string>;
}

function keyFor(request: string): string {
  const keys = unansweredKeys();
  const key = keys[request] ?? newKey();
  sessionStorage.setItem(UNANSWERED, JSON.stringify({ ...keys, [request]: key }));
  return key;
}

function forgetKeyFor(request: string): void {
  const { [request]: _, ...others } = unansweredKeys();
  if (Object.keys(others).length === 0) sessionStorage.removeItem(UNANSWERED);
  else sessionStorage.setItem(UNANSWERED, JSON.stringify(others));
}

/** Whether an answer says what became of the request. */
function isDecided({ status, body }: Reply<unknown>): boolean {
  if (status >= 500 || UNDECIDED.has(status)) return false;
  return (body as { code?: string } | null)?.code !== STILL_RUNS;
}

/** Each click is one request under one key of its own. What was not answered is sent again under the same key. */
export function useChange() {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ path, body }: Change) => {
      const request = JSON.stringify([path, body]);
      const headers = { ...WAIT, 'idempotency-key': keyFor(request) };
      const reply = await call<unknown>(client, 'POST', path, { body, headers }).catch(() => {
        throw new Error(NO_ANSWER);
      });
      if (isDecided(reply)) forgetKeyFor(request);
      return accepted(reply);
    },
    onSettled: () => queries.invalidateQueries(),
  });
}

/** `crypto.randomUUID` is missing where the page came over plain HTTP from another machine. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * `lost`: the API cannot be reached. `refused`: it no longer takes the key, or the session has ended; `reason` is the API's
 * own, of a key that has expired or was revoked. What is shown may then be outdated.
 */
export type Connection =
  | { status: 'live' }
  | { status: 'lost' }
  | { status: 'refused'; reason: string | null };

/** Keeps everything that is shown up to date, for as long as somebody is signed in. */
export function useFollowChanges(): Connection {
  const { credentials } = useSession();
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>({ status: 'live' });
  useEffect(() => {
    const leaving = new AbortController();
    let isDue = false;
    const refresh = (): void => {
      if (isDue) return;
      isDue = true;
      setTimeout(() => {
        isDue = false;
        // To read again would cancel what is being read, such as the next page that somebody asked for.
        if (queries.isFetching() > 0) refresh();
        else void queries.invalidateQueries({ predicate: isToBeRead });
      }, GATHER_MS);
    };
    void follow(credentials, leaving.signal, { onChange: refresh, onConnection: setConnection });
    return () => leaving.abort();
  }, [credentials, queries]);
  return connection;
}

/** What counts all orders is read again seldom, however often one of them changes. */
function isToBeRead({ queryKey: [path], state: { dataUpdatedAt } }: Query): boolean {
  return !COUNTED.has(path) || Date.now() - dataUpdatedAt >= COUNTED_EVERY_MS;
}

interface Follower {
  onChange: () => void;
  onConnection: (connection: Connection) => void;
}

/** Of a key that has ended; what else is refused says no more than that it is. */
async function reasonOf(response: Response): Promise<string | null> {
  const problem = (await response.json().catch(() => null)) as {
    code: string;
    detail: string;
  } | null;
  return problem?.code === 'api_key_expired' ? problem.detail : null;
}

/** An EventSource sends no header, so the stream is read by hand; all that it says is "look again". */
async function follow(
  headers: Session['credentials'],
  signal: AbortSignal,
  { onChange, onConnection }: Follower,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch('/v1/changes', { headers, signal });
      // Who is refused stays so: another request would only be another refusal.
      if (response.status === 401 || response.status === 403)
        return onConnection({ status: 'refused', reason: await reasonOf(response) });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      onConnection({ status: 'live' });
      onChange();
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value = '' } = (await reader?.read()) ?? { done: true };
        if (done) break;
        if (value.includes('event:')) onChange();
      }
    } catch {
      if (!signal.aborted) onConnection({ status: 'lost' });
    }
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}
