/**
 * What a stack can be asked for, and what it gives back.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Config,
  ConfigError,
  type DeclaredGateway,
  type Environment,
  loadConfig,
} from '../../config/config.ts';
import { isProduction } from '../../config/production.ts';
import { migrate } from '../../store/migrate.ts';
import type { StackAddresses } from '../processes/process-file.ts';
import { readTemporalDevFile, type TemporalDevFile } from '../temporal/temporal-dev-file.ts';
import type { OnProgress } from '../terminal/progress.ts';

/** The ports that are wanted; 0 picks a free one, absent means as the environment says. */
export type StackPorts = { api?: number; sandbox?: number; temporal?: number; temporalUi?: number };

/** The scripts that are run as children. */
export type StackScripts = { sandbox: string; worker: string; api: string };

/** Everything but `env` has a default. */
export type StackOptions = {
  /** Settings of the stack, handed on to every child. */
  env: Environment;
  dataDir?: string;
  ports?: StackPorts;
  workers?: number;
  apis?: number;
  scripts?: Partial<StackScripts>;
  /** Brings the database to the current schema. */
  migrate?: (databaseUrl: string) => Promise<void>;
  /** Called for long steps and restarts; silent by default. */
  onProgress?: OnProgress;
  /** Ends a start that is still under way. */
  signal?: AbortSignal;
};

/** A running stack. Children are named `api`, `worker`, `worker-2`, `sandbox`, `temporal`, `postgres`. */
export type Stack = StackAddresses & {
  /** One address for each API process; the first is `apiUrl`. */
  apiUrls: readonly string[];
  dataDir: string;
  /** The process id of every child that runs now. */
  readonly children: Readonly<Record<string, number>>;
  /** Stops everything in order, or without waiting for anything when `how` is `kill`. */
  stop: (how?: 'order' | 'kill') => Promise<void>;
  /**
   * Stops one child in an orderly way and starts it again; resolves when it is ready. `env` is added
   * for this one life of a process of ours, as a failpoint must not outlive the death that it brings.
   */
  restart: (name: string, env?: Environment) => Promise<void>;
  /** Sends one child a signal; it is started again when it dies of it. */
  kill: (name: string, signal: NodeJS.Signals) => void;
};

/** Options with every default filled in. */
export type StackPlan = {
  config: Config;
  env: Environment;
  temporalFile: TemporalDevFile;
  dataDir: string;
  ports: Required<StackPorts>;
  workers: number;
  apis: number;
  scripts: StackScripts;
  migrate: (databaseUrl: string) => Promise<void>;
  onProgress: OnProgress;
  signal: AbortSignal;
};

const source = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** It has a gateway on which anybody may pay without money, and a Temporal that anybody here may ask. */
const NOT_FOR_PRODUCTION =
  'NODE_ENV is production, and npm start is for development: run npm run api and npm run worker, or unset it';

/** @throws ConfigError when the environment is not valid. */
export function planStack(options: StackOptions, gateways: readonly DeclaredGateway[]): StackPlan {
  const { env, ports, scripts } = options;
  if (isProduction(env)) throw new ConfigError([NOT_FOR_PRODUCTION]);
  const config = loadConfig(env, gateways);
  const declared = readTemporalDevFile();
  return {
    config,
    env,
    temporalFile: { ...declared, namespace: env.TEMPORAL_NAMESPACE || declared.namespace },
    dataDir: path.resolve(options.dataDir ?? config.dataDir),
    ports: {
      api: ports?.api ?? config.port,
      sandbox: ports?.sandbox ?? config.sandbox.port,
      temporal:
        ports?.temporal ?? (env.TEMPORAL_PORT ? config.temporalPort : declared.ports.frontend),
      temporalUi:
        ports?.temporalUi ?? (env.TEMPORAL_UI_PORT ? config.temporalUiPort : declared.ports.ui),
    },
    workers: options.workers ?? 1,
    apis: options.apis ?? 1,
    scripts: {
      sandbox: scripts?.sandbox ?? source('sandbox/main.ts'),
      worker: scripts?.worker ?? source('worker.ts'),
      api: scripts?.api ?? source('server.ts'),
    },
    migrate: options.migrate ?? migrate,
    onProgress: options.onProgress ?? (() => {}),
    signal: options.signal ?? new AbortController().signal,
  };
}
