/**
 * Reads the variables of one program. An empty one counts as absent, and `NAME_FILE` names the file of a
 * secret, as orchestrators mount them. A message never repeats a value, as people put the secret itself where
 * its file should be named.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type About, PAYONCE, type Reader, type Variables } from './variable.ts';
import { type Settings, VARIABLES, type VariableName } from './variables.ts';

/** The variables of a process, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names every variable that is missing or wrong, one line each, in `problems`. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface ReadOptions {
  /** One line each for what is wrong beyond the formats of single variables. */
  furtherProblems?: (given: Environment) => string[];
  /** With the variables of gateways, where they are read. */
  table?: Variables;
}

/**
 * The variables of one reader, parsed.
 *
 * @throws ConfigError with one line per problem
 */
export function readSettings<R extends Reader>(
  env: Environment,
  reader: R,
  { furtherProblems = () => [], table = VARIABLES }: ReadOptions = {},
): Settings<R> & Readonly<Record<string, unknown>> {
  const { given, unread } = givenTo(reader, env, table);
  const names = namesFor(reader, table);
  const schema = z.object(Object.fromEntries(names.map((name) => [name, table[name]?.schema])));
  const { data, error } = schema.safeParse(given);
  const others = [...missing(reader, given, table), ...furtherProblems(given), ...invalid(error)];
  // A secret whose file cannot be read has a line of its own, and is not called missing as well.
  const isUnread = (line: string) => unread.some(({ name }) => line.startsWith(`${name} `));
  const problems = [
    ...unread.map(({ problem }) => problem),
    ...others.filter((line) => !isUnread(line)),
  ];
  if (data === undefined || problems.length > 0) throw new ConfigError(problems);
  return data as Settings<R> & Readonly<Record<string, unknown>>;
}

/**
 * The environment with the reader's secrets in place of their files, for tools that read variables themselves.
 *
 * @throws ConfigError with one line for each file that cannot be read
 */
export function withSecretFiles(env: Environment, reader: Reader): Environment {
  const { given, unread } = givenTo(reader, env, VARIABLES);
  if (unread.length > 0) throw new ConfigError(unread.map(({ problem }) => problem));
  return given;
}

/** The variables that a program, or a part of it, reads. */
export function namesFor(reader: Reader, table: Variables = VARIABLES): string[] {
  const readersOf = (name: string): readonly Reader[] => aboutOf(name, table).readBy ?? PAYONCE;
  return Object.keys(table).filter((name) => readersOf(name).includes(reader));
}

/** What the table says of a variable. */
export function aboutOf(name: string, table: Variables = VARIABLES): About {
  const known = table[name];
  if (known === undefined) throw new Error(`the table has no variable ${name}`);
  return known.about;
}

/** One line for a variable that is not set. */
export function missingLine(name: VariableName): string {
  return lineOfMissing(name, VARIABLES);
}

function lineOfMissing(name: string, table: Variables): string {
  const { setTo } = aboutOf(name, table);
  return `${name} is missing${setTo === undefined ? '' : `: set it to ${setTo}`}`;
}

function missing(reader: Reader, given: Environment, table: Variables): string[] {
  const isAbsent = (name: string) => given[name] === undefined;
  const names = namesFor(reader, table);
  const required = names
    .filter((name) => aboutOf(name, table).requiredBy?.includes(reader))
    .filter(isAbsent);
  const needed = names
    .filter((name) => !isAbsent(name))
    .flatMap((name) =>
      (aboutOf(name, table).needs ?? [])
        .filter(isAbsent)
        .map((other) => `${other} is missing: ${name} needs it`),
    );
  return [...required.map((name) => lineOfMissing(name, table)), ...needed];
}

function invalid(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path: [name], message }) => `${String(name)} ${message}`);
}

/** A secret that cannot be had, and why. */
type UnreadSecret = { name: string; problem: string };

function givenTo(
  reader: Reader,
  env: Environment,
  table: Variables,
): { given: Environment; unread: UnreadSecret[] } {
  const given: Record<string, string> = {};
  const unread: UnreadSecret[] = [];
  for (const [name, value] of Object.entries(env)) if (value?.trim()) given[name] = value;
  for (const name of namesFor(reader, table).filter((one) => aboutOf(one, table).secret)) {
    const file = given[`${name}_FILE`]?.trim();
    if (file === undefined) continue;
    const content = given[name] === undefined ? contentOf(name, file) : bothSet(name);
    if ('problem' in content) unread.push({ name, problem: content.problem });
    else given[name] = content.value;
  }
  return { given, unread };
}

type Content = { value: string } | { problem: string };

function bothSet(name: string): Content {
  return { problem: `${name} and ${name}_FILE are both set: keep one of them` };
}

/** Editors and `echo` end a file with a line break, which is no part of the secret. */
function contentOf(name: string, file: string): Content {
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (value.trim() !== '') return { value };
    return { problem: `${name}_FILE names an empty file: write the secret into it` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    return {
      problem: `${name}_FILE cannot be read (${code}): set it to the path of a file that this process may read`,
    };
  }
}
