/**
 * Writes what is derived from code into the documents, between their markers: the state diagram and the decision
 * table, the settings, and the pictures of the architecture. It never touches anything outside the markers. And what orders show of themselves, which a
 * test compares them with. The alerts once more, in the form that the Prometheus operator reads.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { ORDER_STATES, type OrderState } from '../src/domain/order.ts';
import { type Cell, TABLE } from '../src/domain/table.ts';
import { TIMELINES_FILE, timelines } from '../test/support/timelines.ts';
import { foldersPicture, walkIn, walkPicture } from './architecture-pictures.ts';
import { settingsTable } from './settings-table.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** More causes than this make an arrow unreadable; the table below the diagram has them all. */
const MAX_CAUSES = 3;

interface Document {
  path: string;
  text: string;
}

/** The documents as they ought to be; a test compares them with what is committed. */
export function generatedDocuments(): Document[] {
  const parts = {
    'state-diagram': diagram(),
    'decision-table': decisionTable(),
    settings: settingsTable(),
    folders: foldersPicture(),
  };
  const pages = ['docs/state-machine.md', 'docs/settings.md', 'docs/architecture.md']
    .map((file) => path.join(ROOT, file))
    .filter((file) => existsSync(file))
    .map((file) => {
      const text = readFileSync(file, 'utf8');
      return { path: file, text: fill(text, { ...parts, ...walkPictures(text) }) };
    });
  return [...pages, prometheusRule()];
}

/** The alerts as the Prometheus operator takes them. */
function prometheusRule(): Document {
  const alerts = readFileSync(path.join(ROOT, 'deploy/prometheus/alerts.yaml'), 'utf8');
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'payonce' },
    spec: parse(alerts) as unknown,
  };
  return {
    path: path.join(ROOT, 'deploy/kubernetes/components/prometheus-rule/rules.yaml'),
    text: `# Made by npm run generate.\n${stringify(rule, { lineWidth: 0 })}`,
  };
}

/** By the heading of each walk. */
const WALKS = { webhook: 'A webhook', pay: 'A click on "pay"', refund: 'A refund' };

function walkPictures(page: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(WALKS).map(([name, heading]) => [name, walkPicture(walkIn(page, heading))]),
  );
}

function fill(text: string, parts: Record<string, string>): string {
  return Object.entries(parts).reduce((filled, [name, part]) => {
    const marked = new RegExp(`(<!-- ${name}:start -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
    return filled.replace(marked, (_, start: string, end: string) => `${start}\n${part}\n${end}`);
  }, text);
}

function diagram(): string {
  const causes = new Map<string, string[]>();
  for (const [row, cells] of Object.entries(TABLE))
    for (const from of ORDER_STATES)
      for (const to of targetsOf(cells[from])) {
        if (to === from) continue;
        const arrow = `${from} --> ${to}`;
        causes.set(arrow, [...(causes.get(arrow) ?? []), row]);
      }
  const arrows = [...causes].map(([arrow, rows]) => `  ${arrow}: ${label(rows)}`);
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> initiated', ...arrows, '```'].join('\n');
}

function targetsOf({ to, may }: Cell): OrderState[] {
  return to === undefined ? may : [to];
}

/** Kinds of one event count as one cause: exact, partial and over are all captures. */
function label(rows: string[]): string {
  const kinds = [...new Set(rows.map(kindOf))].sort((a, b) => segments(a) - segments(b));
  const rest = kinds.length - MAX_CAUSES;
  return [...kinds.slice(0, MAX_CAUSES), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

function kindOf(row: string): string {
  return row === 'payment.captured.reversed' ? row : row.split('.').slice(0, 2).join('.');
}

function segments(kind: string): number {
  return kind.split('.').length;
}

function decisionTable(): string {
  const lines = Object.entries(TABLE).map(([row, cells]) =>
    tableLine([`\`${row}\``, ...ORDER_STATES.map((state) => cellText(cells[state]))]),
  );
  const header = ['what happened', ...ORDER_STATES];
  return [tableLine(header), tableLine(header.map(() => '---')), ...lines].join('\n');
}

function tableLine(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cellText(cell: Cell): string {
  if (cell.verdict === 'impossible') return '–';
  if (cell.verdict === 'reject') return `409 \`${cell.code}\``;
  if (cell.verdict === 'duplicate') return 'duplicate';
  if (cell.verdict === 'ignore') return 'nothing';
  const words = [
    verdictText(cell),
    ...(cell.late ? ['late'] : []),
    ...cell.effects.map((effect) => `+ ${effect}`),
    ...(cell.review === undefined ? [] : [`review \`${cell.review}\``]),
    ...(cell.verdict === 'wait' ? ['outcome later'] : []),
  ];
  return words.join(', ');
}

function verdictText(cell: Cell): string {
  if (cell.verdict === 'stale') return 'stale';
  return cell.verdict === 'review' ? 'not applied' : movementText(cell);
}

function movementText({ to, may }: Cell): string {
  if (to !== undefined) return `→ **${to}**`;
  return may.length > 0 ? `stays or → ${may.map((state) => `**${state}**`).join(' or ')}` : 'stays';
}

/** What a test compares every order with: it is read by people, as it is written by this. */
function writeTimelines(): void {
  writeFileSync(TIMELINES_FILE, `${JSON.stringify(timelines(), undefined, 2)}\n`);
  console.log(`written: ${path.relative(ROOT, fileURLToPath(TIMELINES_FILE))}`);
}

function main(): void {
  for (const document of generatedDocuments()) {
    writeFileSync(document.path, document.text);
    console.log(`written: ${path.relative(ROOT, document.path)}`);
  }
  writeTimelines();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
