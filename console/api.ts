/** Reading and changing through the API, and following what changes. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call, type components } from '../src/client/index.ts';
import { accepted, type Session, useSession } from './session.tsx';

export type Order = components['schemas']['Order'];
export type ParkedEvent = components['schemas']['ParkedEvent'];
export type Overview = components['schemas']['Overview'];

export interface OrderEvent {
  seq?: number;
  at: string;
  source: string;
  type: string;
  outcome: string;
  reason: string;
  actor: string | null;
  note: string | null;
}

/** People wait so long for a gateway's answer. */
const WAIT = { prefer: 'wait=20' };
const RECONNECT_MS = 2_000;
/** Many orders may change in one moment; lists are read again once for all of them. */
const GATHER_MS = 500;

export function useGet<T>(path: string | null) {
  const { client } = useSession();
  return useQuery({
    queryKey: [path],
    enabled: path !== null,
    queryFn: async () => accepted(await call<T>(client, 'GET', path ?? '')),
  });
}

/** Reads a path, or null where the API has nothing there. */
export async function find<T>({ client }: Session, path: string): Promise<T | null> {
  const reply = await call<T>(client, 'GET', path);
  return reply.status < 300 ? reply.body : null;
}

export interface Change {
  path: string;
  body: object;
}

/** Each click is one request under one key of its own, also where it has to be sent again. */
export function useChange() {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ path, body }: Change) => {
      const headers = { ...WAIT, 'idempotency-key': crypto.randomUUID() };
      return accepted(await call<unknown>(client, 'POST', path, { body, headers }));
    },
    onSettled: () => queries.invalidateQueries(),
  });
}

/** Keeps everything that is shown up to date, for as long as somebody is signed in. */
export function useFollowChanges(): void {
  const { apiKey } = useSession();
  const queries = useQueryClient();
  useEffect(() => {
    const leaving = new AbortController();
    let isDue = false;
    const refresh = (): void => {
      if (isDue) return;
      isDue = true;
      setTimeout(() => {
        isDue = false;
        void queries.invalidateQueries();
      }, GATHER_MS);
    };
    void follow(apiKey, leaving.signal, refresh);
    return () => leaving.abort();
  }, [apiKey, queries]);
}

/** An EventSource sends no key, so the stream is read by hand; all that it says is "look again". */
async function follow(apiKey: string, signal: AbortSignal, onChange: () => void): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}` };
  while (!signal.aborted) {
    try {
      const response = await fetch('/v1/changes', { headers, signal });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value = '' } = (await reader?.read()) ?? { done: true };
        if (done) break;
        if (value.includes('event:')) onChange();
      }
    } catch {
      // Whatever ended the stream, the answer is another one.
    }
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    if (!signal.aborted) onChange();
  }
}
