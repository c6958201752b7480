/**
 * Looks at everything that an API or a worker needs before it serves: settings, database, Temporal, gateways and
 * clocks. It changes nothing.
 */
import { ConfigError, type Environment, loadServiceConfig } from '../config/config.ts';
import { misspelled } from '../config/misspelled.ts';
import { isProduction } from '../config/production.ts';
import { createGateways } from '../gateways/index.ts';
import { temporalConnection } from '../temporal/connection.ts';
import { examineDatabase } from './database.ts';
import { type Finding, findingsOf } from './finding.ts';
import { examineGateways } from './gateways.ts';
import { examineTemporal } from './temporal.ts';

export type { Finding } from './finding.ts';

/** The processes whose settings can be looked at. */
export const ROLES = ['api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const { ok, warning, problem } = findingsOf('settings');

/** The findings, in the order in which a person would put things right. */
export async function examine(env: Environment, role: Role): Promise<Finding[]> {
  const names = misspelled(env).map(warning);
  const settings = settingsOf(env, role);
  if ('problems' in settings) return [...settings.problems.map(problem), ...names];
  const { config, temporal } = settings;
  const examined = await Promise.all([
    examineDatabase(config.databaseUrl, isProduction(env)),
    examineTemporal(temporal, config.settlementWindowMs),
    examineGateways(createGateways(config)),
  ]);
  return [
    ok(`the settings of ${role === 'api' ? 'an API' : 'a worker'} are complete`),
    ...names,
    ...examined.flat(),
  ];
}

function settingsOf(env: Environment, role: Role) {
  try {
    return { config: loadServiceConfig(env, role), temporal: temporalConnection(env) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems };
  }
}
