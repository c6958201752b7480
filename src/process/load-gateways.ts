/** The gateways of a process: those of Payonce, and those that its environment names. */
import {
  ConfigError,
  type DeclaredGateway,
  type Environment,
  gatewayPackageNames,
  variablesTaken,
} from '../config/config.ts';
import { BUILT_IN } from '../gateways/built-in.ts';
import type { GatewayPackage } from '../gateways/gateway-package.ts';
import { loadPackages } from '../gateways/load-packages.ts';

/** @throws ConfigError with one line for each package that cannot be used */
export async function loadGateways(env: Environment): Promise<readonly GatewayPackage[]> {
  const { packages, problems } = await loadPackages(gatewayPackageNames(env), BUILT_IN);
  const all = [...BUILT_IN, ...packages];
  const found = [...problems, ...variablesTaken(all satisfies readonly DeclaredGateway[])];
  if (found.length > 0) throw new ConfigError(found);
  return all;
}
