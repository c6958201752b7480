/**
 * Who calls, by API key. Every configured key is compared in full for every request, so that timing
 * reveals nothing; secrets are kept as digests only.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKey, ApiScope } from '../../config/config.ts';
import { Problem } from '../problems/problem.ts';

/** `owner` identifies the key, without revealing it, or the person; it stays the same over restarts. */
export interface Caller {
  owner: string;
  scope: ApiScope;
  /** Who decides what is decided: the name of the person or of the key, else `owner`. */
  actor: string;
  /** Whether it is a person who has signed in, and no key. */
  isPerson: boolean;
  /** When the session or the key ends, as milliseconds since 1970; absent where it has no end. */
  expiresAt?: number;
}

export type Authenticate = (authorization: string | undefined) => Caller;

const NO_BEARER =
  'The scheme of Authorization is Bearer: send Authorization: Bearer <API key>, with one space and nothing after the key.';

/** Enough of the digest to distinguish keys. */
const OWNER_LENGTH = 16;

/** The problem `api_key_expired` of a key that was accepted once; `caller` is whose it was. */
export class KeyEnded extends Problem {
  readonly caller: Caller;

  constructor(caller: Caller, detail: string) {
    super('api_key_expired', { detail });
    this.caller = caller;
  }
}

/**
 * Gives the caller of an Authorization header; throws `credentials_missing`, `credentials_invalid`, or KeyEnded for a key
 * that has expired or was revoked.
 *
 * @param now milliseconds since 1970
 */
export function createAuthenticate(
  apiKeys: readonly ApiKey[],
  now: () => number = Date.now,
): Authenticate {
  const known = apiKeys.map((key) => {
    const digest = sha256(key.secret);
    return { digest, key, caller: callerOf(key, digest) };
  });
  return (authorization) => {
    if (authorization === undefined) throw new Problem('credentials_missing');
    const [, secret] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (secret === undefined) throw new Problem('credentials_invalid', { detail: NO_BEARER });
    const given = sha256(secret);
    const matching = known.filter(({ digest }) => timingSafeEqual(digest, given));
    const [match] = matching;
    if (match === undefined) throw new Problem('credentials_invalid');
    const { key, caller } = match;
    if (caller.expiresAt !== undefined && now() >= caller.expiresAt)
      throw new KeyEnded(caller, endOf(key, caller));
    return caller;
  };
}

function callerOf({ scope, name, end }: ApiKey, digest: Buffer): Caller {
  const owner = digest.toString('hex').slice(0, OWNER_LENGTH);
  const caller = { scope, owner, actor: name ?? owner, isPerson: false };
  return end === undefined ? caller : { ...caller, expiresAt: end.at };
}

function endOf({ end }: ApiKey, { actor, expiresAt = 0 }: Caller): string {
  const time = new Date(expiresAt).toISOString();
  return end?.isRevoked
    ? `The API key ${actor} was revoked at ${time}. Stop sending it, and ask whoever runs Payonce for another one.`
    : `The API key ${actor} expired at ${time}. Send the key that replaces it, or ask whoever runs Payonce for one.`;
}

/** @throws Problem `scope_insufficient`, which names the scopes that do. */
export function requireScope(caller: Caller, scopes: readonly ApiScope[]): void {
  if (!scopes.includes(caller.scope))
    throw new Problem('scope_insufficient', {
      detail: caller.isPerson
        ? `You have the scope ${caller.scope}, and this takes the scope ${scopes.join(' or ')}.`
        : `This key has the scope ${caller.scope}: use one with the scope ${scopes.join(' or ')}.`,
    });
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
