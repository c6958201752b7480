/** A run as Markdown tables: one for each workload, and one of the targets. */
import type { WorkloadResult } from '../result.ts';
import type { Workload } from '../side.ts';
import { QUESTION, SLOW_SCHEDULE } from '../slow-schedule.ts';
import { type RunRecord, resultIn } from './run-record.ts';
import { targetsOf } from './targets.ts';

interface Column {
  title: string;
  cell(result: WorkloadResult): string;
}

const number = (value: number | null): string => (value === null ? '–' : String(value));

const perSecond = (unit: string): Column => ({
  title: `${unit}/s (lowest–highest)`,
  cell: ({ perSecond, spread: [low, high] }) =>
    low === high ? `**${perSecond}**` : `**${perSecond}** (${low}–${high})`,
});
const latency = (of: string): Column => ({
  title: `${of} p50 / p99 ms`,
  cell: ({ p50Ms, p99Ms }) => `${p50Ms} / ${p99Ms}`,
});
const ack: Column = {
  title: 'webhook answer p50 / p99 ms',
  cell: ({ ackP50Ms, ackP99Ms }) => `${ackP50Ms} / ${ackP99Ms}`,
};
const cpu = (of: string): Column => ({
  title: `CPU ms ${of}`,
  cell: ({ cpuMs }) => number(cpuMs),
});
const events: Column = {
  title: 'history events',
  cell: ({ historyEvents }) => number(historyEvents),
};
const signals: Column = { title: 'signals', cell: ({ signals }) => number(signals) };
const actions: Column = { title: 'billable actions', cell: ({ actions }) => number(actions) };

const COLUMNS: Record<Workload, readonly Column[]> = {
  order: [perSecond('orders'), latency('order'), ack, cpu('an order'), events, actions],
  storm: [perSecond('deliveries'), ack, cpu('an order'), events, actions],
  hot: [perSecond('deliveries'), ack, cpu('a delivery'), events, signals],
  open: [latency('until the effects are durable,'), ack, cpu('an order'), events],
  growth: [perSecond('orders'), latency('order'), cpu('an order')],
};

const HEADINGS: Record<Workload, string> = {
  order:
    'An order: start, pay, one capture webhook, one duplicate, one verify, three durable effects',
  storm: 'A storm: each event 50 times, 20 verifies, 5 pay clicks and 5 starts an order, shuffled',
  hot: 'A hot order: one event, delivered up to 10,000 times',
  open: 'Open orders: a webhook for one that has long been idle, one at a time',
  growth: 'Growth: an order, with ever more orders in the store',
};

/** All tables of a run, for the page of the benchmark. */
export function allTables(record: RunRecord): string {
  const workloads = Object.keys(HEADINGS) as Workload[];
  return [
    machineLine(record),
    ...workloads.flatMap((workload) =>
      workload === 'order'
        ? [...workloadTable(record, workload), slowScheduleTable()]
        : workloadTable(record, workload),
    ),
    stagesTable(record),
    targetsTable(record),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What was measured, each in a sentence. */
export function sidesTable({ about }: RunRecord): string {
  const rows = about.map(({ name, title, description }) => [title, `\`${name}\``, description]);
  const lines = [['', '`--side`', 'what it is'], ['---', '---', '---'], ...rows];
  return lines.map(line).join('\n');
}

function workloadTable(record: RunRecord, workload: Workload): string[] {
  const table = tableOf(record, workload);
  return table === '' ? [] : [`### ${HEADINGS[workload]}`, table];
}

function tableOf(record: RunRecord, workload: Workload): string {
  const columns = COLUMNS[workload];
  const rows = record.about.flatMap(({ name, title }) => {
    const result = resultIn(record, name, workload);
    return result === undefined ? [] : [[title, ...columns.map(({ cell }) => cell(result))]];
  });
  return rows.length === 0 ? '' : table(['', ...columns.map(({ title }) => title)], rows);
}

/** The bench ends long before an order asks by itself, and an order has that price all the same. */
function slowScheduleTable(): string {
  const { days, questions, events, actions, gatewayCalls } = SLOW_SCHEDULE;
  const title = `Payonce asks about a paid order ${days.join(', ')} days after its last news, until it closes. On top of the order's price, where nothing is found:`;
  const rows = [
    ['one question', QUESTION.events, QUESTION.actions, QUESTION.gatewayCalls],
    [`all ${questions}`, events, actions, gatewayCalls],
  ].map((row) => row.map(String));
  return [
    title,
    table(['', 'history events', 'billable actions', 'calls of the gateway'], rows),
  ].join('\n\n');
}

function stagesTable(record: RunRecord): string {
  const rows = record.about.flatMap(({ name, title }) =>
    (resultIn(record, name, 'growth')?.stages ?? []).map((stage) => {
      const { worker, temporal } = stage.memoryMibByRole;
      const memory = [worker ?? null, temporal ?? null].map(number);
      return [
        title,
        ...[stage.orders, stage.perSecond, number(stage.cpuMs)].map(String),
        ...memory,
      ];
    }),
  );
  if (rows.length === 0) return '';
  const titles = ['', 'orders in the store', 'orders/s', 'CPU ms an order'];
  return table([...titles, 'worker MiB', 'Temporal MiB'], rows);
}

function targetsTable(record: RunRecord): string {
  const rows = targetsOf(record).flatMap(({ text, reached }) =>
    reached === undefined ? [] : [[text, reached.value, reached.isMet ? 'yes' : '**no**']],
  );
  if (rows.length === 0) return '';
  return ['### Targets', table(['target', 'this run', 'met'], rows)].join('\n\n');
}

function machineLine({ machine, versions, takenAt, rounds }: RunRecord): string {
  const { cpu, cores, memoryGib, os, fsyncP50Ms } = machine;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${takenAt.slice(0, 10)}: ${cores} × ${cpu}, ${memoryGib} GiB, ${os}, fdatasync ${fsyncP50Ms} ms;`,
    `median of ${rounds} interleaved rounds, 64 in flight. ${software.join(', ')}.`,
  ].join(' ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const dashes = titles.map((_, index) => (index === 0 ? '---' : '--:'));
  return [line(titles), line(dashes), ...rows.map(line)].join('\n');
}
