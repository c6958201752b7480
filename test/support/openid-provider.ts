/** A certified OpenID provider on this machine. Who signs in at it says who they are, and is in the groups listed here. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';

const CLIENT_ID = 'payonce-console';
const CLIENT_SECRET = 'of-a-test-'.repeat(4);

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  anna: ['helpdesk'],
  bob: ['helpdesk', ...Array.from({ length: 300 }, (_, i) => `a-group-of-the-company-${i}`)],
  olga: ['helpdesk', 'payments'],
  carl: ['sales'],
  'dora@example.org': ['payments'],
};

export interface OpenIdProvider {
  /** The settings of an API whose people sign in here. */
  env: Record<string, string>;
  close(): void;
}

/** @param consoleUrl where it sends browsers back to */
export async function openOpenIdProvider(consoleUrl: string): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // To a browser another site than the console's, which is called 127.0.0.1.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [`${consoleUrl}/console/session/callback`],
        post_logout_redirect_uris: [`${consoleUrl}/console`],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'k1', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['of-a-test'] },
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    ttl: {
      AccessToken: 60,
      AuthorizationCode: 60,
      Grant: 60,
      IdToken: 60,
      Interaction: 60,
      Session: 60,
    },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: GROUPS[id] ?? [] }),
    }),
    // Nobody is asked whether the console may know who they are.
    loadExistingGrant: grantFor,
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (context, form) => {
          context.body = `${form}<button form="op.logoutForm" value="yes" name="logout">Sign out</button>`;
        },
      },
    },
  });
  const answer = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/interaction/')) void interact(provider, request, response);
    else void answer(request, response);
  });
  return {
    env: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: CLIENT_SECRET,
      OIDC_ROLES: 'support:helpdesk,ops:payments',
      OIDC_PROVIDER_NAME: 'the test',
      CONSOLE_URL: consoleUrl,
      CONSOLE_SESSION_SECRETS: 'sealed-by-a-test-'.repeat(2),
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Another one for the same browser would take back what the first one gave. */
async function grantFor({ oidc }: KoaContextWithOIDC) {
  const given = oidc.session?.grantIdFor(CLIENT_ID);
  if (given !== undefined) return oidc.provider.Grant.find(given);
  const grant = new oidc.provider.Grant({
    clientId: CLIENT_ID,
    accountId: oidc.session?.accountId ?? '',
  });
  grant.addOIDCScope('openid profile');
  await grant.save();
  return grant;
}

const FORM = `<form method="post"><label>Name <input name="name"></label>
<button>Continue</button><button name="cancel" value="yes">Cancel</button></form>`;

async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST')
    return void response.writeHead(200, { 'content-type': 'text/html' }).end(FORM);
  const form = new URLSearchParams(await text(request));
  const result = form.has('cancel')
    ? { error: 'access_denied', error_description: 'somebody has cancelled' }
    : { login: { accountId: form.get('name') ?? '' } };
  await provider.interactionFinished(request, response, result);
}
