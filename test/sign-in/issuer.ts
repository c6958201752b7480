/** An OpenID provider that answers what a test wishes, also what no provider should: keys, claims and statuses. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What it does; a test changes it before it asks. */
export interface Manner {
  /** Over the claims of a good ID token. */
  claims: JWTPayload;
  /** What it was asked with. */
  nonce: string;
  /** Over those of the document by which it is discovered. */
  metadata: Record<string, unknown>;
  userInfo: Record<string, unknown>;
  /** Signs with a key that it does not publish. */
  isForger: boolean;
  /** In place of a good answer, by path. */
  statuses: Record<string, number>;
  /** Sent as well, by path. */
  headers: Record<string, Record<string, string>>;
}

export interface Issuer {
  url: string;
  manner: Manner;
  /** Authorization headers and bodies of the requests for tokens. */
  tokenRequests: { authorization: string | undefined; body: URLSearchParams }[];
  close(): void;
}

export const CLIENT_ID = 'payonce-console';
const LIFETIME_S = 300;

export async function openIssuer(): Promise<Issuer> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const manner: Manner = {
    claims: {},
    nonce: '',
    metadata: {},
    userInfo: {},
    isForger: false,
    statuses: {},
    headers: {},
  };
  const tokenRequests: Issuer['tokenRequests'] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const idToken = (): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const { nonce } = manner;
    const good = { iss: url, aud: CLIENT_ID, sub: 'p1', nonce, iat: now, exp: now + LIFETIME_S };
    return new SignJWT({ ...good, ...manner.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign(manner.isForger ? foreign.privateKey : own.privateKey);
  };
  const answers: Record<string, (request: IncomingMessage) => Promise<object>> = {
    '/.well-known/openid-configuration': async () => ({
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/keys`,
      userinfo_endpoint: `${url}/userinfo`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      ...manner.metadata,
    }),
    '/keys': async () => ({ keys: [jwk] }),
    '/token': async (request) => {
      const { authorization } = request.headers;
      tokenRequests.push({ authorization, body: new URLSearchParams(await text(request)) });
      return { access_token: 'a', token_type: 'Bearer', id_token: await idToken() };
    },
    '/userinfo': async () => ({ sub: 'p1', ...manner.userInfo }),
  };
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '', url);
    const status = manner.statuses[pathname] ?? 200;
    const answer = (await answers[pathname]?.(request)) ?? {};
    const headers = { 'content-type': 'application/json', ...manner.headers[pathname] };
    response.writeHead(status, headers).end(JSON.stringify(answer));
  });
  return {
    url,
    manner,
    tokenRequests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
