/**
 * What a process refuses to start with where NODE_ENV is production: whatever is only good enough for
 * one machine and one developer. Every line names the variable, what is wrong, and what to do.
 */
import { secretOf } from './formats.ts';
import { aboutOf, namesFor } from './settings.ts';
import type { About, InProduction, Variables } from './variable.ts';

type Given = Readonly<Record<string, string | undefined>>;

/** Far fewer different characters than any random text of this length has. */
const MIN_DIFFERENT_CHARACTERS = 8;
const PLACEHOLDER =
  /change.?me|replace|example|placeholder|your.?(key|secret)|secret.?here|base64.of/i;
/** How the keys begin that a development stack makes for itself. */
const DEVELOPMENT_KEY = /^payonce_(client|ops)_/;

export function isProduction({ NODE_ENV }: Given): boolean {
  return NODE_ENV === 'production';
}

/** One line for each setting that an API or a worker may not have in production. */
export function unfitForProduction(
  given: Given,
  reader: 'api' | 'worker',
  table: Variables,
): string[] {
  if (!isProduction(given)) return [];
  const variables = namesFor(reader, table).map((name): [string, About] => [
    name,
    aboutOf(name, table),
  ]);
  const unfit = variables.flatMap(([name, about]) => unfitValue(name, about, given[name]));
  return [...unfit, ...withoutGateway(variables, given)];
}

/** Whether text was to be replaced, or was never random. */
function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text) || new Set(text).size < MIN_DIFFERENT_CHARACTERS;
}

function unfitValue(name: string, about: About, value: string | undefined): string[] {
  const { needed, refused, only }: InProduction = about.inProduction ?? {};
  if (value === undefined)
    return needed ? [`${name} is missing: in production ${needed}; set it to ${about.setTo}`] : [];
  if (refused) return [`${name} is set: in production ${refused}; unset it`];
  if (only && value !== only) return [`${name} is not ${only}: it is for tests; unset it`];
  return about.secret === 'random' ? weakEntries(name, value) : [];
}

function withoutGateway(variables: [string, About][], given: Given): string[] {
  const names = variables.filter(([, { isGateway }]) => isGateway).map(([name]) => name);
  if (names.some((name) => given[name] !== undefined)) return [];
  const prefixes = names.map((name) => `${name.split('_')[0]}_`);
  return [`no gateway is configured: set the variables of ${prefixes.join(' or of ')}`];
}

/** A list of secrets, whose entries may begin with a name and a colon. */
function weakEntries(name: string, list: string): string[] {
  return list
    .split(',')
    .map((entry) => weaknessOf(secretOf(entry)))
    .flatMap((weakness, index) =>
      weakness === null ? [] : [`${name} entry ${index + 1} ${weakness}`],
    );
}

function weaknessOf(secret: string): string | null {
  if (DEVELOPMENT_KEY.test(secret))
    return 'was made for development by npm start: make one with openssl rand -base64 32';
  if (secret === '' || !isPlaceholder(secret)) return null;
  return 'is a placeholder and no random secret: put the real one in its place';
}
