/**
 * The one way out to PayPal, below its SDK and beside it. The token is kept here and not in the SDK, which never gets
 * another one once a single request for it has failed, and goes on with a token that PayPal no longer takes. Nothing is
 * tried again but a call whose token had ended, which PayPal has not carried out.
 */
import { z } from 'zod';
import { GatewayOutcomeUnknown, isKeyRefused } from '../gateway.ts';
import { createOutboundFetch } from '../outbound.ts';
import { errorOf, keyRefused } from './errors.ts';

/** Two calls in a row fit into an activity's ten seconds; PayPal usually takes one or two. */
const CALL_TIMEOUT_MS = 4_500;
/** A token is given up this long before PayPal does. */
const TOKEN_MARGIN_MS = 60_000;
const UNAUTHORIZED = 401;

const tokenSchema = z.object({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number().positive(),
});

export interface HttpSettings {
  baseUrl: string;
  clientId: string;
  clientSecret: string;
}

export interface Call {
  method: string;
  /** With its query. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface PayPalHttp {
  /**
   * Sends a call with a valid token.
   *
   * @returns status and body of an answer below 400
   * @throws GatewayRefusal for a definite no, GatewayOutcomeUnknown for everything unclear
   */
  send(call: Call): Promise<{ status: number; body: string }>;
  /** Asks for a new token, whether or not there is one: it is given for a good key alone. */
  authenticate(): Promise<void>;
}

export function createHttp({ baseUrl, clientId, clientSecret }: HttpSettings): PayPalHttp {
  const outbound = createOutboundFetch(baseUrl);
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  let token: Promise<{ value: string; endsAt: number }> | null = null;

  async function post({ method, path, headers, body }: Call) {
    try {
      const response = await outbound(new URL(path, baseUrl), {
        method,
        headers: { ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      return { status: response.status, body: await response.text() };
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown error';
      throw new GatewayOutcomeUnknown(
        `PayPal did not answer ${method} ${path.split('?')[0]}: ${name}`,
      );
    }
  }

  async function fetchToken(): Promise<{ value: string; endsAt: number }> {
    const { status, body } = await post({
      method: 'POST',
      path: '/v1/oauth2/token',
      headers: {
        authorization: basic,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    if (isKeyRefused(status)) throw keyRefused(status);
    if (status >= 400) throw new GatewayOutcomeUnknown(`PayPal gave no token: HTTP ${status}`);
    const read = tokenSchema.safeParse(jsonOf(body));
    if (!read.success) throw new GatewayOutcomeUnknown('PayPal gave a token in an unknown form');
    const { access_token: value, expires_in: seconds } = read.data;
    return { value, endsAt: Date.now() + seconds * 1_000 - TOKEN_MARGIN_MS };
  }

  /** One request for all that wait for it; one that has failed is no token for the next call. */
  function renewToken(): Promise<{ value: string; endsAt: number }> {
    const asked = fetchToken();
    token = asked;
    asked.catch(() => {
      if (token === asked) token = null;
    });
    return asked;
  }

  async function presentToken(): Promise<string> {
    const present = await token;
    return (present !== null && present.endsAt > Date.now() ? present : await renewToken()).value;
  }

  async function withToken(call: Call, value: string) {
    return post({ ...call, headers: { ...call.headers, authorization: `Bearer ${value}` } });
  }

  return {
    async send(call) {
      const value = await presentToken();
      let answer = await withToken(call, value);
      // Ended before its time, as by a new secret: PayPal has done nothing yet.
      if (answer.status === UNAUTHORIZED) answer = await withToken(call, await tokenAfter(value));
      if (answer.status >= 400) throw errorOf(answer.status, answer.body);
      return answer;
    },
    async authenticate() {
      await renewToken();
    },
  };

  /** Another call may have asked for a new one meanwhile. */
  async function tokenAfter(ended: string): Promise<string> {
    const present = await token;
    return (present !== null && present.value !== ended ? present : await renewToken()).value;
  }
}

/** @returns null for what is no JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
