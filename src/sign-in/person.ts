/** Who somebody is, and what they may do, by what the provider says of them. */
import { createHash } from 'node:crypto';
import type { ConsoleRole, SignInConfig } from '../config/config.ts';
import { SignInError } from './sign-in-error.ts';

/** Somebody who may use the console. */
export interface Person {
  /** Names the person in the log and in rate limits: of issuer and subject, which stay when a name changes. */
  owner: string;
  /** Whom decisions are kept under. */
  actor: string;
  scope: ConsoleRole['scope'];
}

/** What the provider says; `sub` is there always. */
export type Claims = Readonly<Record<string, unknown>> & { sub: string };

/** The letters of the names of API keys, and as many as an order takes. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const OWNER_LENGTH = 16;

type Mapping = Pick<SignInConfig, 'issuer' | 'roles' | 'rolesClaim' | 'nameClaim'> & {
  /** Of API keys: what a person decides and what a program does are told apart by these. */
  takenNames: readonly string[];
};

/** @throws SignInError `refused`, in words that say what is missing */
export function personOf(
  claims: Claims,
  { issuer, roles, rolesClaim, nameClaim, takenNames }: Mapping,
): Person {
  const actor = claimOf(claims, nameClaim);
  if (typeof actor !== 'string' || !NAME.test(actor))
    throw new SignInError(
      'refused',
      `Decisions are kept under a name, and the provider's claim ${nameClaim} holds none of up to 64 of A-Z a-z 0-9 . _ - for you: ask whoever runs Payonce to name a claim in OIDC_NAME_CLAIM that does.`,
      { reason: actor === undefined ? 'name_missing' : 'name_unusable' },
    );
  if (takenNames.includes(actor))
    throw new SignInError(
      'refused',
      `Decisions are kept under a name, and an API key is called ${actor} as you are: ask whoever runs Payonce to give the key another name.`,
      { reason: 'name_taken' },
    );
  const scope = scopeOf(textsIn(claimOf(claims, rolesClaim)), roles);
  if (scope === null)
    throw new SignInError(
      'refused',
      `You are ${actor} for the provider, and have no role here: ask whoever runs Payonce to put you into a group that OIDC_ROLES names. The provider says which groups you are in by its claim ${rolesClaim}.`,
      { reason: claimOf(claims, rolesClaim) === undefined ? 'roles_missing' : 'role_not_mapped' },
    );
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, claims.sub]))
    .digest('hex');
  return { owner: digest.slice(0, OWNER_LENGTH), actor, scope };
}

/** Whether the provider has said all that {@link personOf} looks at. */
export function isComplete(
  claims: Claims,
  { rolesClaim, nameClaim }: Pick<Mapping, 'rolesClaim' | 'nameClaim'>,
): boolean {
  return [rolesClaim, nameClaim].every((name) => claimOf(claims, name) !== undefined);
}

/** Names of claims may have dots themselves, as those that are URLs do. */
function claimOf(claims: object, name: string): unknown {
  if (Object.hasOwn(claims, name)) return (claims as Record<string, unknown>)[name];
  const dot = name.indexOf('.');
  const outer = dot < 0 ? undefined : claimOf(claims, name.slice(0, dot));
  return typeof outer === 'object' && outer !== null
    ? claimOf(outer, name.slice(dot + 1))
    : undefined;
}

/** Providers send one text or a list. */
function textsIn(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}

function scopeOf(held: readonly string[], roles: readonly ConsoleRole[]): Person['scope'] | null {
  const scopes = roles.filter(({ value }) => held.includes(value)).map(({ scope }) => scope);
  if (scopes.includes('ops')) return 'ops';
  return scopes[0] ?? null;
}
