/**
 * Looks at everything that an API or a worker needs before it serves: settings, database, Temporal, gateways and
 * clocks. It changes nothing.
 */
import { ConfigError, type Environment, loadServiceConfig } from '../config/config.ts';
import { misspelled } from '../config/misspelled.ts';
import { isProduction } from '../config/production.ts';
import type { GatewayPackage } from '../gateways/gateway-package.ts';
import { createGateways } from '../gateways/index.ts';
import { loadGateways } from '../process/load-gateways.ts';
import { temporalConnection } from '../temporal/connection.ts';
import { examineApiKeys } from './api-keys.ts';
import { examineDatabase } from './database.ts';
import { type Finding, findingsOf } from './finding.ts';
import { examineGateways } from './gateways.ts';
import { examineSignIn } from './sign-in.ts';
import { examineTemporal } from './temporal.ts';

export type { Finding } from './finding.ts';

/** The processes whose settings can be looked at. */
export const ROLES = ['api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const { ok, warning, problem } = findingsOf('settings');

/**
 * The findings, in the order in which a person would put things right.
 *
 * @param publicUrl where gateways and shops reach the API, without a path; absent where it is not known
 */
export async function examine(
  env: Environment,
  role: Role,
  publicUrl?: string,
): Promise<Finding[]> {
  const loaded = await gatewaysOf(env);
  if ('problems' in loaded) return loaded.problems.map(problem);
  const { packages } = loaded;
  const names = misspelled(env, packages).map(warning);
  const settings = settingsOf(env, role, packages);
  if ('problems' in settings) return [...settings.problems.map(problem), ...names];
  const { config, temporal } = settings;
  const examined = await Promise.all([
    examineDatabase(config.databaseUrl, isProduction(env)),
    examineTemporal(temporal, config.settlementWindowMs),
    examineGateways(createGateways(packages, config.gateways), publicUrl),
    examineSignIn(config.signIn),
  ]);
  return [
    ok(`the settings of ${role === 'api' ? 'an API' : 'a worker'} are complete`),
    ...names,
    ...(role === 'api' ? examineApiKeys(config.apiKeys) : []),
    ...examined.flat(),
  ];
}

async function gatewaysOf(env: Environment) {
  try {
    return { packages: await loadGateways(env) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems };
  }
}

function settingsOf(env: Environment, role: Role, packages: readonly GatewayPackage[]) {
  try {
    return { config: loadServiceConfig(env, role, packages), temporal: temporalConnection(env) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems };
  }
}
