/**
 * The OpenID provider: where people are sent, what is asked of it when they come back, and where they sign out. It is
 * asked for its addresses when somebody signs in, so that an API starts and serves without it.
 */
import { LRUCache } from 'lru-cache';
import * as client from 'openid-client';
import type { SignInConfig } from '../config/config.ts';
import { type Claims, isComplete } from './person.ts';
import { SignInError } from './sign-in-error.ts';

/** A person waits for these answers. */
const TIMEOUT_S = 5;
/** As far as the clocks of two machines may be apart. */
const CLOCK_TOLERANCE_S = 30;
/** Its addresses change seldom; its keys are looked up anew by themselves where one is not known. */
const FRESH_FOR_MS = 3_600_000;

/** What binds an answer to the browser and the question that it belongs to. */
export interface Question {
  state: string;
  nonce: string;
  verifier: string;
}

export interface Provider {
  /** Where the browser asks, and what the answer is checked with. */
  ask(): Promise<{ url: URL; question: Question }>;
  /**
   * What the provider says of the person whose browser has brought this answer.
   *
   * @throws SignInError
   */
  claimsBy(answer: URLSearchParams, question: Question): Promise<Claims>;
  /** Where somebody signs out of the provider as well; null where it has no such place, or cannot be asked. */
  signOutUrl(): Promise<URL | null>;
  /** @throws SignInError `unavailable` where nobody could sign in now */
  check(): Promise<void>;
}

type ProviderConfig = Omit<SignInConfig, 'sessionSecrets' | 'sessionMs' | 'providerName'>;

export function createProvider(config: ProviderConfig): Provider {
  const redirectUri = `${config.consoleUrl}/console/session/callback`;
  const known = new LRUCache<'provider', client.Configuration>({
    max: 1,
    ttl: FRESH_FOR_MS,
    fetchMethod: () => discover(config),
  });
  const configuration = () => known.forceFetch('provider');
  return {
    ask: async () => {
      const { authorization, question } = newQuestion();
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: config.scopes,
        ...authorization,
        code_challenge: await client.calculatePKCECodeChallenge(question.verifier),
      });
      return { url, question };
    },
    claimsBy: async (answer, { state, nonce, verifier }) => {
      const provider = await configuration();
      const back = new URL(`${redirectUri}?${answer}`);
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
      try {
        const tokens = await client.authorizationCodeGrant(provider, back, checks);
        const claims = tokens.claims();
        if (claims === undefined) throw new Error('no ID token, although one is required');
        requireClock(claims.iat);
        if (isComplete(claims, config) || !provider.serverMetadata().userinfo_endpoint)
          return claims;
        // Many providers put groups there alone; what the signed token says counts more.
        const info = await client.fetchUserInfo(provider, tokens.access_token, claims.sub);
        return { ...info, ...claims };
      } catch (error) {
        throw failureOf(error);
      }
    },
    signOutUrl: async () => {
      const provider = await configuration().catch(() => null);
      if (!provider?.serverMetadata().end_session_endpoint) return null;
      // Without the ID token as a hint: with many groups it is longer than a cookie or an address may be.
      return client.buildEndSessionUrl(provider, {
        post_logout_redirect_uri: `${config.consoleUrl}/console`,
      });
    },
    check: async () => {
      await discover(config);
    },
  };
}

function newQuestion() {
  const question = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
  };
  const { state, nonce } = question;
  return { question, authorization: { state, nonce, code_challenge_method: 'S256' } };
}

async function discover({ issuer, clientId, clientSecret }: ProviderConfig) {
  const insecure = new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : [];
  try {
    return await client.discovery(
      new URL(issuer),
      clientId,
      { [client.clockTolerance]: CLOCK_TOLERANCE_S },
      authenticationBy(clientSecret),
      // Its signature is checked as well as where it came from: who answers there may be a proxy.
      { timeout: TIMEOUT_S, execute: [client.enableNonRepudiationChecks, ...insecure] },
    );
  } catch (error) {
    throw discoveryFailure(error, issuer);
  }
}

/**
 * As the provider wants the secret; what it does not say is Basic (OpenID Connect Discovery 1.0, section 3). In a body where
 * it leaves the choice: for Basic the secret is encoded first (RFC 6749, section 2.3.1), and not every provider decodes it.
 */
function authenticationBy(secret: string): client.ClientAuth {
  const [post, basic] = [client.ClientSecretPost(secret), client.ClientSecretBasic(secret)];
  return (server, ...request) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return methods.includes('client_secret_post')
      ? post(server, ...request)
      : basic(server, ...request);
  };
}

/** A token that was made just now, by a clock that is far ahead. One that is far behind has made it end already. */
function requireClock(issuedAtS: number): void {
  if (issuedAtS > Date.now() / 1000 + CLOCK_TOLERANCE_S)
    throw clocksApart('issued_in_the_future', undefined);
}

function clocksApart(reason: string, cause: unknown): SignInError {
  return new SignInError(
    'unavailable',
    `The clocks of Payonce and of the provider are more than ${CLOCK_TOLERANCE_S} seconds apart: tell whoever runs Payonce to synchronize them by NTP.`,
    { reason, cause },
  );
}

const AGAIN = 'Sign in again.';
const NOT_TAKEN = 'The provider does not take what Payonce sends it';

/** Codes of the library, for what comes of an answer. */
function failureOf(error: unknown): SignInError {
  if (error instanceof SignInError) return error;
  if (error instanceof client.AuthorizationResponseError)
    return new SignInError(
      'refused',
      'The provider did not sign you in, or you did not let it: sign in again, or ask whoever runs it.',
      { reason: wordOf(error.error), cause: error },
    );
  if (error instanceof client.ResponseBodyError) {
    const reason = wordOf(error.error);
    if (reason === 'invalid_grant')
      return new SignInError(
        'invalid',
        `The provider's answer was used before, or is too old. ${AGAIN}`,
        { reason, cause: error },
      );
    return unavailable(NOT_TAKEN, reason, error);
  }
  if (error instanceof client.WWWAuthenticateChallengeError) {
    const [challenge] = error.cause;
    const reason = wordOf(challenge?.parameters.error ?? 'unauthorized');
    return unavailable(NOT_TAKEN, reason, error);
  }
  const code = codeOf(error);
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return clocksApart(code, error);
  if (NOT_OURS.has(code))
    return new SignInError(
      'invalid',
      `The provider's answer does not belong to what this browser has asked. ${AGAIN}`,
      { reason: code, cause: error },
    );
  return unavailable(
    'The provider cannot be asked, or answers what is no OpenID Connect',
    code,
    error,
  );
}

const NOT_OURS: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
]);

function discoveryFailure(error: unknown, issuer: string): SignInError {
  const code = codeOf(error);
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED')
    return unavailable(
      'The provider calls itself by another name than OIDC_ISSUER does',
      code,
      error,
    );
  return unavailable(`The provider at ${new URL(issuer).host} does not answer as one`, code, error);
}

function unavailable(what: string, reason: string, cause: unknown): SignInError {
  return new SignInError(
    'unavailable',
    `${what} (${reason}): try again in a moment, or tell whoever runs Payonce.`,
    { reason, cause },
  );
}

/** The code of the first error in the chain that has one, such as that of a connection which was refused. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
}

/** A word of the protocol, and no text that somebody has made up. */
function wordOf(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'unknown_error';
}
