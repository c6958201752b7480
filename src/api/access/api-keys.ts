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
  /** Of a person who has signed in, when the session ends, as milliseconds since 1970; a key has no end. */
  expiresAt?: number;
}

export type Authenticate = (authorization: string | undefined) => Caller;

const NO_BEARER =
  'The scheme of Authorization is Bearer: send Authorization: Bearer <API key>, with one space and nothing after the key.';

/** Enough of the digest to distinguish keys. */
const OWNER_LENGTH = 16;

/** Gives the caller of an Authorization header; throws `credentials_missing` or `credentials_invalid`. */
export function createAuthenticate(apiKeys: readonly ApiKey[]): Authenticate {
  const known = apiKeys.map(({ scope, name, secret }) => {
    const digest = sha256(secret);
    const owner = digest.toString('hex').slice(0, OWNER_LENGTH);
    return { digest, caller: { scope, owner, actor: name ?? owner } };
  });
  return (authorization) => {
    if (authorization === undefined) throw new Problem('credentials_missing');
    const [, secret] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (secret === undefined) throw new Problem('credentials_invalid', { detail: NO_BEARER });
    const given = sha256(secret);
    const matching = known.filter(({ digest }) => timingSafeEqual(digest, given));
    const [match] = matching;
    if (match === undefined) throw new Problem('credentials_invalid');
    return match.caller;
  };
}

/** @throws Problem `scope_insufficient`, which names the scopes that do. */
export function requireScope(caller: Caller, scopes: readonly ApiScope[]): void {
  if (!scopes.includes(caller.scope))
    throw new Problem('scope_insufficient', {
      detail:
        caller.expiresAt === undefined
          ? `This key has the scope ${caller.scope}: use one with the scope ${scopes.join(' or ')}.`
          : `You have the scope ${caller.scope}, and this takes the scope ${scopes.join(' or ')}.`,
    });
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
