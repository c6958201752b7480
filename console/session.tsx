/** Who is signed in. The key stays in this tab: it is gone when the tab is closed. */
import { createContext, type ReactNode, useContext } from 'react';
import { call, createPayonceClient, type PayonceClient, type Reply } from '../src/client/index.ts';

const STORED = 'payonce.key';

export interface Session {
  client: PayonceClient;
  apiKey: string;
  scope: 'support' | 'ops';
  actor: string;
  temporalUiUrl: string | null;
}

interface Key {
  scope: 'client' | 'support' | 'ops';
  actor: string;
  temporalUiUrl: string | null;
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

/** @throws Refusal where the key is unknown or opens no console */
export async function signIn(apiKey: string): Promise<Session> {
  const client = createPayonceClient({ baseUrl: window.location.origin, apiKey });
  const { scope, actor, temporalUiUrl } = accepted(await call<Key>(client, 'GET', '/v1/key'));
  if (scope === 'client')
    throw new Refusal({
      code: 'scope_insufficient',
      detail:
        'This is a key of a shop, which opens no console: sign in with a key of the scope support or ops.',
    });
  sessionStorage.setItem(STORED, apiKey);
  return { client, apiKey, scope, actor, temporalUiUrl };
}

export function storedKey(): string | null {
  return sessionStorage.getItem(STORED);
}

export function forgetKey(): void {
  sessionStorage.removeItem(STORED);
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
