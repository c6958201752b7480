/** Signing in to the console by an OpenID provider: from the click to a session, with nothing kept in between. */
import { z } from 'zod';
import type { SignInConfig } from '../config/config.ts';
import { type Person, personOf } from './person.ts';
import { createProvider } from './provider.ts';
import { createSeal } from './seal.ts';
import { SignInError } from './sign-in-error.ts';

export type { Person } from './person.ts';
export { SignInError } from './sign-in-error.ts';

/** How long somebody may take at the provider. */
const ATTEMPT_MS = 15 * 60_000;

const attemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
});
const sessionSchema = z.object({
  owner: z.string(),
  actor: z.string(),
  scope: z.enum(['support', 'ops']),
  exp: z.number(),
});

/** What a browser keeps, and until when, as milliseconds since 1970. */
export interface Kept {
  sealed: string;
  expiresAt: number;
}

/** Somebody who is signed in, until then. */
export type Session = Person & { expiresAt: number };

export interface SignIn {
  providerName: string;
  /** Where browsers reach the console. */
  origin: string;
  /**
   * Begins: `url` is the provider's, `state` names the attempt.
   *
   * @param to the path of the console to go to in the end
   * @throws SignInError
   */
  begin(to: string): Promise<{ url: string; state: string; attempt: Kept }>;
  /**
   * Ends, with the query that the provider has sent the browser back with.
   *
   * @throws SignInError
   */
  finish(
    answer: URLSearchParams,
    attempt: string | undefined,
  ): Promise<{ session: Kept; person: Person; to: string }>;
  /** Null where it has ended, or is none. */
  sessionOf(sealed: string): Promise<Session | null>;
  /** Where to sign out of the provider; null where that is all there is to do. */
  signOutUrl(): Promise<string | null>;
}

/** @param takenNames the names of the API keys of the moment, which no person bears */
export function createSignIn(config: SignInConfig, takenNames: () => readonly string[]): SignIn {
  const { consoleUrl, providerName, sessionSecrets, sessionMs } = config;
  const provider = createProvider(config);
  const attempts = createSeal('sign-in', sessionSecrets);
  const sessions = createSeal('session', sessionSecrets);
  return {
    providerName,
    origin: consoleUrl,
    begin: async (to) => {
      const { url, question } = await provider.ask();
      const expiresAt = Date.now() + ATTEMPT_MS;
      const sealed = await attempts.close({ ...question, to }, expiresAt);
      return { url: url.href, state: question.state, attempt: { sealed, expiresAt } };
    },
    finish: async (answer, sealed) => {
      const opened = sealed === undefined ? null : await attempts.open(sealed);
      const attempt = attemptSchema.safeParse(opened).data;
      if (attempt === undefined) throw notBegun();
      const claims = await provider.claimsBy(answer, attempt);
      const person = personOf(claims, { ...config, takenNames: takenNames() });
      const expiresAt = Date.now() + sessionMs;
      const session = { sealed: await sessions.close({ ...person }, expiresAt), expiresAt };
      return { session, person, to: attempt.to };
    },
    sessionOf: async (sealed) => {
      const { data } = sessionSchema.safeParse(await sessions.open(sealed));
      if (data === undefined) return null;
      const { exp, ...person } = data;
      return { ...person, expiresAt: exp * 1000 };
    },
    signOutUrl: async () => (await provider.signOutUrl())?.href ?? null,
  };
}

function notBegun(): SignInError {
  return new SignInError(
    'invalid',
    'This sign-in was begun in another browser, has ended already, or was left for too long. Sign in again.',
    { reason: 'not_begun_here' },
  );
}
