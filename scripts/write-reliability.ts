/**
 * `npm run reliability:write`: copies the figures of the recorded chaos runs, in docs/reliability, into
 * docs/reliability.md, between its markers. No figure in that document is written by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Growth } from '../chaos/memory-growth.ts';
import type { Summary } from '../chaos/summary.ts';

const DOCS = path.join(import.meta.dirname, '../docs');
const DOCUMENT = path.join(DOCS, 'reliability.md');
/** A column each. */
const RUNS = { 'five minutes': 'reliability/chaos.json', 'an hour': 'reliability/soak.json' };
const MARKED = /(<!-- chaos-figures:start -->)[\s\S]*?(<!-- chaos-figures:end -->)/;

/** What `npm run mutate -- --write` found, room by room. */
export const MUTATION_FILE = path.join(DOCS, 'reliability/mutation.json');
const MUTATION_MARKED = /(<!-- mutation-figures:start -->)[\s\S]*?(<!-- mutation-figures:end -->)/;

export interface MutationFigures {
  mutants: number;
  killed: number;
  survived: number;
  /** Change what is decided while a file is loaded, and were not tried. */
  leftOut: number;
  date: string;
}

/** The document as it ought to be; a test compares it with what is committed. */
export function reliabilityDocument(): { path: string; text: string } {
  const runs = Object.values(RUNS).map((file) => rowsOf(readSummary(path.join(DOCS, file))));
  const [first = []] = runs;
  const table = first.map(([name], row) => [name, ...runs.map((rows) => rows[row]?.[1] ?? '')]);
  const head = [
    ['', ...Object.keys(RUNS)],
    ['---', ...Object.keys(RUNS).map(() => '---:')],
  ];
  const lines = [...head, ...table].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const text = readFileSync(DOCUMENT, 'utf8')
    .replace(MARKED, (_, start: string, end: string) => `${start}\n${lines}\n${end}`)
    .replace(
      MUTATION_MARKED,
      (_, start: string, end: string) => `${start}\n${mutationTable()}\n${end}`,
    );
  return { path: DOCUMENT, text };
}

function mutationTable(): string {
  const rooms = JSON.parse(readFileSync(MUTATION_FILE, 'utf8')) as Record<string, MutationFigures>;
  const rows = Object.entries(rooms).map(([room, { mutants, killed, survived, leftOut, date }]) => [
    room,
    ...[mutants, killed, survived, leftOut].map(whole),
    `${((100 * killed) / (killed + survived)).toFixed(1)} %`,
    `\`npm run mutate -- ${room}\``,
    date,
  ]);
  const head = [
    ['room', 'mutants', 'killed', 'survived, explained', 'left out', 'score', 'command', 'date'],
    ['---', '---:', '---:', '---:', '---:', '---:', '---', '---'],
  ];
  return [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function readSummary(file: string): Summary {
  return JSON.parse(readFileSync(file, 'utf8')) as Summary;
}

function rowsOf(summary: Summary): [string, string][] {
  const { kills, outages, gateway, failpoints } = summary;
  const hits = Object.values(failpoints);
  return [
    ['size and seed', `\`${summary.profile}\`, ${summary.seed}`],
    ['verdict', verdictOf(summary)],
    ['**violations**', `**${summary.violations.length}**`],
    ['orders', whole(summary.orders)],
    ['requests of clients and operators', whole(summary.requests)],
    ['webhook deliveries', whole(summary.deliveries)],
    ['– acknowledged with 2xx', whole(summary.acked)],
    ['– of these, repeats', whole(summary.duplicates)],
    [
      'orders that heard of their events out of order',
      `${whole(summary.reordered)} of the ${whole(summary.reorderable)} that had several`,
    ],
    ['requests and deliveries that raced another of their order', whole(summary.raced)],
    ['hostile requests and signals', whole(summary.fuzzed)],
    ['workers killed (`kill -9`)', whole(kills.worker)],
    ['APIs killed', whole(kills.api)],
    ['Temporal killed', whole(kills.temporal)],
    ['Temporal frozen', whole(outages.temporalFreezes ?? 0)],
    ['database killed', whole(kills.database)],
    ['database frozen or silent', whole(sum([outages.databaseFreezes, outages.databaseSilences]))],
    ['gateway outages', whole(outages.gatewayOutages ?? 0)],
    ['APIs with a clock ten minutes ahead or behind', whole(outages.clockSkews ?? 0)],
    ['disks of both databases full', whole(outages.diskFulls ?? 0)],
    ['runs terminated in Temporal', whole(outages.runTerminations ?? 0)],
    ['runs that were asked to cancel in Temporal', whole(outages.runCancellations ?? 0)],
    ['runs reset in Temporal to an earlier task', whole(outages.runResets ?? 0)],
    ["Temporal's namespace deleted, with every run", whole(outages.namespaceDeletions ?? 0)],
    ['cables cut or slowed', whole(sum([outages.linkResets, outages.linkSlowdowns]))],
    [
      'failpoints that killed, of these three times or more',
      `${hits.filter((count) => count > 0).length}, ${hits.filter((count) => count > 2).length} of ${hits.length}`,
    ],
    ['deaths at a failpoint', whole(kills.failpoint)],
    ['calls of the gateway', whole(gateway.calls)],
    [
      '– without an answer, done or not done',
      `${whole(gateway.timeoutAfter)}, ${whole(gateway.timeoutBefore + gateway.hang)}`,
    ],
    [
      '– answered 500, 429, cut off',
      `${whole(gateway.error500)}, ${whole(gateway.error429)}, ${whole(gateway.reset)}`,
    ],
    ['– answered 500 for ever although done', whole(gateway.sticky500)],
    ['failures of the CRM', whole(gateway.crmFailures)],
    ['largest growth of a process of ours from when it was warm', growth(summary)],
    ['steepest rise of one that lived ten minutes, at its end', rise(summary)],
    ['histories replayed', whole(summary.histories)],
    [
      'from the end of a fault until an order has taken up what it was told through it, 99th percentile',
      seconds(summary.takenUpP99Ms),
    ],
    [
      '– and until a customer has what they wait for, silences of the gateway and expiries included',
      seconds(summary.recoveryP99Ms),
    ],
    ['everything at rest after the last fault', seconds(summary.drainMs)],
    ['the whole run', seconds(summary.durationMs)],
    ['sizes that were not reached', summary.shortfalls.join('; ') || 'none'],
    ['machine', `${summary.machine.cpus} cores, Node ${summary.machine.node}`],
  ];
}

/** Runs from before this was judged are held to it as well. */
function verdictOf({ verdict, shortfalls }: Summary): Summary['verdict'] {
  return verdict === 'passed' && shortfalls.length > 0 ? 'short' : verdict;
}

function growth({ growth: lives }: Summary): string {
  const ours = lives.filter(isOurs).map(({ ratio }) => ratio);
  if (ours.length === 0) return 'none lived long enough';
  return `${Math.max(...ours)} times, of ${ours.length} lives of a minute or more`;
}

function rise({ growth: lives }: Summary): string {
  const ours = lives.filter(isOurs).flatMap(({ mibPerMinute }) => mibPerMinute ?? []);
  if (ours.length === 0) return 'none lived long enough';
  return `${Math.max(...ours)} MiB a minute, of ${ours.length} lives`;
}

/** Temporal's development server is shown and not judged. */
function isOurs({ name }: Growth): boolean {
  return name !== 'temporal';
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count = 0) => total + count, 0);
}

const whole = (count: number): string => count.toLocaleString('en-US');

/** Runs from before something was measured have nothing to say of it. */
const seconds = (ms: number | undefined): string =>
  ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { path: file, text } = reliabilityDocument();
  writeFileSync(file, text);
}
