/** Who is signed in: by a key, which stays in this tab and is gone when it is closed, or at a provider, by a cookie. */
import { createContext, type ReactNode, useContext } from 'react';
import { call, createPayonceClient, type PayonceClient, type Reply } from '../src/client/index.ts';
import type { Rights } from './parts/deeds-of-order.ts';

const STORED = 'payonce.key';
/** No page of another site can send it; the API counts the cookie only where it is there. */
const BY_COOKIE = { 'payonce-console': '1' };

export interface Session extends Rights {
  client: PayonceClient;
  /** What each request says of who sends it. */
  credentials: Readonly<Record<string, string>>;
  actor: string;
  /** When the key or the session ends; null where it has no end. */
  expiresAt: string | null;
  temporalUiUrl: string | null;
}

interface Caller extends Omit<Rights, 'scope'> {
  scope: 'client' | Rights['scope'];
  actor: string;
  expiresAt: string | null;
  temporalUiUrl: string | null;
}

/** Where people sign in, as the page says; null where they have keys. */
export interface Provider {
  name: string;
  signInUrl: string;
}

/** What the API refused, in its own words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor({ code, detail, errors = [] }: Problem) {
    const fields = errors.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`);
    super([detail, ...fields].join(' '));
    this.code = code;
  }
}

interface Problem {
  code: string;
  detail: string;
  errors?: { pointer: string; message: string }[];
}

/** @throws Refusal */
export function accepted<T>({ status, body }: Reply<T>): T {
  if (status < 300) return body;
  const problem = body as unknown as Partial<Problem> | null;
  throw new Refusal({
    code: problem?.code ?? `http_${status}`,
    detail: problem?.detail ?? `The API answered ${status}. Try again.`,
    ...(problem?.errors && { errors: problem.errors }),
  });
}

export const provider: Provider | null = providerOf(document);

function providerOf(page: Document): Provider | null {
  const contentOf = (name: string): string =>
    page.querySelector(`meta[name=${name}]`)?.getAttribute('content') ?? '';
  const signInUrl = contentOf('sign-in-url');
  return signInUrl === '' ? null : { name: contentOf('provider'), signInUrl };
}

/** @throws Refusal where the key is unknown or opens no console */
export async function signIn(apiKey: string): Promise<Session> {
  const client = createPayonceClient({ baseUrl: window.location.origin, apiKey });
  const session = await open(client, { authorization: `Bearer ${apiKey}` });
  sessionStorage.setItem(STORED, apiKey);
  return session;
}

/** Who is signed in, or why what the browser still has no longer counts; both null where it has nothing. */
export interface Resumed {
  session: Session | null;
  refusal: string | null;
}

/** Goes on with what the browser still has, if anything counts. */
export async function resume(): Promise<Resumed> {
  if (provider !== null) return { session: await openByCookie().catch(() => null), refusal: null };
  const apiKey = sessionStorage.getItem(STORED);
  if (apiKey === null) return { session: null, refusal: null };
  try {
    return { session: await signIn(apiKey), refusal: null };
  } catch (error) {
    return { session: null, refusal: error instanceof Refusal ? error.message : null };
  }
}

/** Resolves once the browser has nothing that counts any more; at a provider it leaves this page. */
export async function signOut({ client }: Session): Promise<void> {
  sessionStorage.removeItem(STORED);
  if (provider === null) return;
  const reply = await call<{ location: string | null }>(client, 'POST', '/console/session/end');
  const { location } = accepted(reply);
  if (location !== null) window.location.assign(location);
}

function openByCookie(): Promise<Session> {
  const client = createPayonceClient({ baseUrl: window.location.origin, apiKey: '' });
  client.use({
    onRequest: ({ request }) => {
      request.headers.delete('authorization');
      for (const [name, value] of Object.entries(BY_COOKIE)) request.headers.set(name, value);
      return request;
    },
  });
  return open(client, BY_COOKIE);
}

async function open(
  client: PayonceClient,
  credentials: Readonly<Record<string, string>>,
): Promise<Session> {
  const caller = accepted(await call<Caller>(client, 'GET', '/v1/key'));
  const { scope, ...others } = caller;
  if (scope === 'client')
    throw new Refusal({
      code: 'scope_insufficient',
      detail:
        'This is a key of a shop, which opens no console: sign in with a key of the scope support or ops.',
    });
  return { client, credentials, scope, ...others };
}

const Current = createContext<Session | null>(null);

export function SignedIn({ session, children }: { session: Session; children: ReactNode }) {
  return <Current.Provider value={session}>{children}</Current.Provider>;
}

export function useSession(): Session {
  const session = useContext(Current);
  if (session === null) throw new Error('nobody is signed in');
  return session;
}
