/** Whether each configured gateway takes its key and, where its API says so, sends its events here. */
import { GatewayMisconfigured, type WebhookEndpoint } from '../gateways/gateway.ts';
import type { Gateways } from '../gateways/index.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';

const { ok, warning, problem } = findingsOf('gateways');

/** @param publicUrl of the API, where it is known: endpoints of other installations are left out then */
export async function examineGateways(
  gateways: Gateways,
  publicUrl: string | undefined,
): Promise<Finding[]> {
  const found = Object.entries(gateways).map(async ([name, gateway]): Promise<Finding[]> => {
    try {
      await gateway.checkAccess();
    } catch (error) {
      if (error instanceof GatewayMisconfigured) return [problem(reasonOf(error))];
      return [
        warning(`${name} cannot be asked (${reasonOf(error)}): see that this machine may reach it`),
      ];
    }
    if (gateway.webhookEndpoints === undefined)
      return [
        ok(
          `${name} takes the configured key; its webhooks go to POST /webhooks/${name} of the API's public address`,
        ),
      ];
    const taken = ok(`${name} takes the configured key`);
    return [taken, ...(await examineWebhooks(name, gateway.webhookEndpoints, publicUrl))];
  });
  return (await Promise.all(found)).flat();
}

async function examineWebhooks(
  name: string,
  read: () => Promise<readonly WebhookEndpoint[]>,
  publicUrl = 'https://YOUR-HOST',
): Promise<Finding[]> {
  const ours = `${publicUrl}/webhooks/${name}`;
  const compare = `see in its dashboard that it sends the events that docs/gateways.md names to ${ours}`;
  try {
    const endpoints = await read();
    const here = endpoints.filter(({ url }) => isFor(url, ours));
    if (here.length > 0) return here.map((endpoint) => findingOf(name, endpoint));
    return [
      warning(
        `${name} has no webhook endpoint for ${ours}, so that orders wait until they ask by themselves: add it in its dashboard, with the events that docs/gateways.md names, or forward them to this machine as is said there`,
      ),
    ];
  } catch (error) {
    // A restricted key is good practice, and needs no such right to take money.
    if (error instanceof GatewayMisconfigured)
      return [ok(`the key of ${name} may not read where its webhooks go: ${compare}`)];
    return [warning(`${name} does not say where its webhooks go (${reasonOf(error)}): ${compare}`)];
  }
}

/** Where our own host is not known, each that has our path. */
function isFor(url: string, ours: string): boolean {
  if (!URL.canParse(url)) return false;
  const [theirs, own] = [new URL(url), new URL(ours)];
  const isSamePath = theirs.pathname.endsWith(own.pathname);
  return own.hostname === 'your-host' ? isSamePath : isSamePath && theirs.origin === own.origin;
}

/** An address may carry a token behind its path, which is not repeated. */
function findingOf(name: string, { url, isEnabled, missing }: WebhookEndpoint): Finding {
  const { origin, pathname } = new URL(url);
  const place = origin + pathname;
  if (!isEnabled)
    return warning(
      `${name} has disabled its webhook endpoint ${place}: enable it in its dashboard, and see there why its calls failed`,
    );
  if (missing.length > 0)
    return warning(
      `${name} does not send to ${place}: ${missing.join(', ')}. Add them to the endpoint's events in its dashboard`,
    );
  return ok(`${name} sends all events that are needed to ${place}`);
}
