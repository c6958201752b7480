/** `payonce doctor`: asks no API, but looks at what an API or a worker with this environment would meet. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Environment, loadConfig } from '../config/config.ts';
import { type RunningStack, runningStack } from '../dev/processes/process-file.ts';
import { examine, type Finding, ROLES, type Role } from '../doctor/doctor.ts';
import { Refusal } from './refusal.ts';
import { tableOf } from './table.ts';

export function addDoctorCommand(
  program: Command,
  { env, out }: { env: Environment; out: (text: string) => void },
): void {
  program
    .command('doctor')
    .description('check settings, database, Temporal, gateway keys and clocks, and say what to do')
    .addOption(new Option('--for <role>', 'whose settings to check').choices(ROLES).default('api'))
    .option(
      '--public-url <url>',
      'where gateways reach the API, to look for its endpoint there',
      originOf,
    )
    .action(async (options: { for: Role; publicUrl?: string }) => {
      const findings = await examine(environment(env), options.for, options.publicUrl);
      const isJson = program.opts().json === true;
      out(isJson ? JSON.stringify({ findings }, null, 2) : textOf(findings));
      const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
      if (problems > 0) throw new Refusal(`${problems} to put right before Payonce serves`);
    });
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
    throw new InvalidArgumentError(
      'It is an address without a path, such as https://payments.example.org.',
    );
  return url.origin;
}

function textOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ verdict, area, text }) => [verdict, area, text]);
  return tableOf(['', 'about', 'found'], rows);
}

/** Without a database of one's own, what `npm start` has set for its processes. */
function environment(env: Environment): Environment {
  if (env.DATABASE_URL || env.DATABASE_URL_FILE) return env;
  const stack = runningStack(loadConfig(env).dataDir);
  return stack === undefined ? env : { ...env, ...variablesOf(stack) };
}

function variablesOf({
  databaseUrl,
  temporalAddress,
  temporalNamespace,
  sandboxUrl,
  keys,
}: RunningStack): Environment {
  return {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: temporalNamespace,
    SANDBOX_PORT: new URL(sandboxUrl).port,
    API_KEYS: `client:${keys.client},ops:${keys.ops}`,
  };
}
