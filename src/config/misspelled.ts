/** Variables that nothing reads and that look like a mistake in writing one of ours. */
import leven from 'leven';
import type { DeclaredGateway } from './gateways.ts';
import { aboutOf, type Environment } from './settings.ts';
import type { Reader, Variables } from './variable.ts';
import { tableWith } from './variables.ts';

/** A letter too many, two of them exchanged, another one: more is another name. */
const MAX_DISTANCE = 2;
/** A shorter name is that near to names of other programs. */
const MIN_LENGTH = 8;
/** Whose variables are more than those that Payonce lists. */
const OTHERS: readonly Reader[] = ['Temporal', 'OpenTelemetry'];

/** One line for each variable that is set, and read by nothing, because of how it is written. */
export function misspelled(env: Environment, gateways: readonly DeclaredGateway[]): string[] {
  const table = tableWith(gateways);
  const own = Object.keys(table).filter((name) => isOwn(name, table));
  const known = own.flatMap((name) =>
    aboutOf(name, table).secret === undefined ? [name] : [name, `${name}_FILE`],
  );
  return Object.keys(env)
    .filter((name) => name.length >= MIN_LENGTH && !isRead(name, table) && env[name]?.trim())
    .flatMap((name) => {
      const meant = known.find((other) => isNear(name, other));
      if (meant === undefined || env[meant]?.trim()) return [];
      return [`${name} is set and nothing reads it: rename it to ${meant}`];
    });
}

function isOwn(name: string, table: Variables): boolean {
  return !aboutOf(name, table).readBy?.some((reader) => OTHERS.includes(reader));
}

function isRead(name: string, table: Variables): boolean {
  return name in table || name.replace(/_FILE$/, '') in table;
}

function isNear(name: string, known: string): boolean {
  if (known.length < MIN_LENGTH) return false;
  const plain = (text: string): string => text.toUpperCase().replaceAll(/[_-]/g, '');
  return plain(name) === plain(known) || leven(name, known) <= MAX_DISTANCE;
}
