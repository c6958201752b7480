/** Whether each configured gateway takes its key. */
import { GatewayMisconfigured } from '../gateways/gateway.ts';
import type { Gateways } from '../gateways/index.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';

const { ok, warning, problem } = findingsOf('gateways');

export async function examineGateways(gateways: Gateways): Promise<Finding[]> {
  const found = Object.entries(gateways).map(async ([name, gateway]): Promise<Finding> => {
    try {
      await gateway.checkAccess();
      return ok(
        `${name} takes the configured key; its webhooks go to POST /webhooks/${name} of the API's public address`,
      );
    } catch (error) {
      if (error instanceof GatewayMisconfigured) return problem(reasonOf(error));
      return warning(
        `${name} cannot be asked (${reasonOf(error)}): see that this machine may reach it`,
      );
    }
  });
  return Promise.all(found);
}
