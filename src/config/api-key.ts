/** An API key: whose it is, what it may do, and until when. */
import { z } from 'zod';

export const API_SCOPES = ['client', 'support', 'ops'] as const;

/**
 * What a key may do: `client` is a shop's backend, `support` reads, reviews and refunds up to a limit, `ops` may do
 * everything.
 */
export type ApiScope = (typeof API_SCOPES)[number];

/** `at` in milliseconds since 1970. A key is revoked by hand, because it leaked, say, or expires as was planned. */
export interface KeyEnd {
  at: number;
  isRevoked: boolean;
}

/** One accepted API key; `name` is whose it is, for what is decided with it. Without `end` it has none. */
export interface ApiKey {
  scope: ApiScope;
  name?: string;
  secret: string;
  end?: KeyEnd;
}

/** @param now milliseconds since 1970 */
export function hasEnded({ end }: Pick<ApiKey, 'end'>, now: number): boolean {
  return end !== undefined && now >= end.at;
}

/** The entry of `API_KEYS` that is read as this key. */
export function apiKeyText({ scope, name, secret, end }: ApiKey): string {
  const named = name === undefined ? secret : `${name}:${secret}`;
  const word = end?.isRevoked ? 'revoked' : 'until';
  const ending = end === undefined ? '' : ` ${word} ${new Date(end.at).toISOString()}`;
  return `${scope}:${named}${ending}`;
}

/** Behind a blank, which no secret has: a request could not send it. */
const WITH_END = /^(\S+)\s+(until|revoked)\s+(\S+)$/;
/** With its zone: a day alone would leave open whether it is the last one. */
const instant = z.iso.datetime({ offset: true });

const NO_END =
  'must have nothing behind a blank but its end, such as SECRET until 2026-12-31T00:00:00Z or SECRET revoked 2026-12-31T00:00:00Z, with the zone';

/** Tells the end of an entry from what is before it. */
export function splitEnd(entry: string): { key: string; end?: KeyEnd } | { problem: string } {
  const text = entry.trim();
  if (!/\s/.test(text)) return { key: text };
  const [, key = '', word, time] = WITH_END.exec(text) ?? [];
  const { data } = instant.safeParse(time);
  if (data === undefined) return { problem: NO_END };
  return { key, end: { at: Date.parse(data), isRevoked: word === 'revoked' } };
}
