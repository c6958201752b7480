/** The table of docs/settings.md, from the table of variables. */
import type { About } from '../src/config/variable.ts';
import { tableWith } from '../src/config/variables.ts';
import { BUILT_IN } from '../src/gateways/built-in.ts';

export function settingsTable(): string {
  const rows = Object.entries(tableWith(BUILT_IN)).map(([name, { about }]) => [
    about.secret ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``,
    meaningOf(about),
    defaultOf(about),
    inProduction(about),
  ]);
  const header = ['variable', 'meaning', 'default', 'in production'];
  return [header, header.map(() => '---'), ...rows].map(line).join('\n');
}

function meaningOf({ meaning, requiredBy = [], needs = [] }: About): string {
  const required = requiredBy.length > 0 ? [`required by ${requiredBy.join(', ')}`] : [];
  const needed = needs.length > 0 ? [`needs ${needs.map(code).join(' and ')}`] : [];
  return [meaning, ...required, ...needed].join('; ');
}

function defaultOf({ default: written, absent = '' }: About): string {
  return written ? code(written) : absent;
}

function inProduction({ inProduction: { needed, refused, only } = {} }: About): string {
  if (needed) return `required: ${needed}`;
  if (refused) return `refused: ${refused}`;
  return only ? `refused, but for ${code(only)}` : '';
}

function code(text: string): string {
  return `\`${text}\``;
}

function line(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
