/**
 * Reads `temporal-dev.yaml`, the declaration of the development server, and turns it into the
 * arguments of `temporal server start-dev`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { durationMs } from '../../config/formats.ts';
import { reasonOf, SetupError } from '../terminal/setup-error.ts';

const portNumber = z.int().min(0).max(65535);
const schema = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  namespace: z.string().min(1),
  taskQueue: z.string().min(1),
  retention: durationMs,
  ports: z.strictObject({ frontend: portNumber, ui: portNumber }),
  databaseFile: z.string().regex(/^[\w.-]+$/, 'must be a file name without a folder'),
  sqlitePragmas: z.strictObject({
    journal_mode: z.enum(['WAL', 'DELETE']),
    synchronous: z.enum(['FULL', 'NORMAL']),
  }),
  keptVisibilityIndexes: z.array(z.string().regex(/^\w+$/)).optional(),
  environment: z.record(z.string(), z.string()),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  searchAttributes: z.record(z.string(), z.enum(['Keyword', 'Bool', 'Int', 'Double', 'Datetime'])),
  dynamicConfig: z.record(
    z.string(),
    z.union([z.boolean(), z.number(), z.string(), z.array(z.string())]),
  ),
});

/** The declared development server; `retention` in milliseconds. */
export type TemporalDevFile = z.infer<typeof schema>;

/** The file in the project's own folder. */
export const TEMPORAL_DEV_FILE = fileURLToPath(
  new URL('../../../temporal-dev.yaml', import.meta.url),
);

/** @throws SetupError naming every wrong entry. */
export function readTemporalDevFile(file: string = TEMPORAL_DEV_FILE): TemporalDevFile {
  const parsed = schema.safeParse(parseYaml(file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SetupError(`${file} is not valid: ${problems.join('; ')}`);
}

function parseYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SetupError(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

/** Where one development server listens and keeps its data. */
export type TemporalDevPlace = {
  databasePath: string;
  port: number;
  uiPort: number;
  httpPort: number;
  metricsPort: number;
};

/** The arguments that start the declared server on loopback only. */
export function devServerArguments(file: TemporalDevFile, place: TemporalDevPlace): string[] {
  const dynamicConfig = Object.entries(file.dynamicConfig).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
  const searchAttributes = Object.entries(file.searchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  const pragmas = Object.entries(file.sqlitePragmas).flatMap(([name, value]) => [
    '--sqlite-pragma',
    `${name}=${value}`,
  ]);
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--namespace', file.namespace],
    ...['--port', String(place.port), '--ui-port', String(place.uiPort)],
    ...['--http-port', String(place.httpPort), '--metrics-port', String(place.metricsPort)],
    ...['--db-filename', place.databasePath, '--log-level', file.logLevel, ...pragmas],
    ...['--ui-disable-news-fetch', ...searchAttributes, ...dynamicConfig],
  ];
}
