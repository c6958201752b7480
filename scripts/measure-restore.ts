/**
 * `npm run restore:measure`: rehearses each loss with as many orders of every life as are asked for (`-- --lives 10`),
 * and writes how long it took and what the gateway was asked into docs/reliability/restore.json and, between its
 * markers, into docs/operations.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SITUATIONS, startRehearsal } from '../test/backup/rehearsal.ts';

const DOCS = path.join(import.meta.dirname, '../docs');
const FIGURES = path.join(DOCS, 'reliability/restore.json');
const DOCUMENT = path.join(DOCS, 'operations.md');
const MARKED = /(<!-- restore-figures:start -->)[\s\S]*?(<!-- restore-figures:end -->)/;
const LIVES_EACH = 10;

interface Figures {
  date: string;
  cores: number;
  /** Of the minute before. */
  load: number;
  situations: {
    name: string;
    /** Open ones. */
    orders: number;
    /** Until the command had ended; null where none was needed. */
    restoreMs: number | null;
    /** From the start of the stack. */
    servesMs: number;
    settledMs: number;
    /** By the names of the gateway's calls. */
    asked: Readonly<Record<string, number>>;
  }[];
}

/** The document as it ought to be; a test compares it with what is committed. */
export function restoreDocument(): { path: string; text: string } {
  const { date, cores, load, situations } = JSON.parse(readFileSync(FIGURES, 'utf8')) as Figures;
  const rows = situations.map(({ name, orders, restoreMs, servesMs, settledMs, asked }) => [
    name,
    String(orders),
    restoreMs === null ? 'none is needed' : seconds(restoreMs),
    seconds(servesMs),
    seconds(settledMs),
    Object.entries(asked)
      .map(([call, times]) => `\`${call}\` ${times}`)
      .join(', '),
  ]);
  const head = [
    'lost',
    'orders',
    'restore',
    'until it serves',
    'until every order is settled',
    'calls to the gateway',
  ];
  const lines = [head, ['---', '---:', '---:', '---:', '---:', '---'], ...rows];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const about = `Seconds on ${date}, with one API and one worker on ${cores} cores (load ${load.toFixed(1)}):`;
  const text = readFileSync(DOCUMENT, 'utf8').replace(MARKED, `$1\n${about}\n\n${table}\n$2`);
  return { path: DOCUMENT, text };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

/** One after the other on one stack, so that each begins with the orders of those before. */
async function measure(livesEach: number): Promise<Figures> {
  const load = loadavg()[0] ?? 0;
  const situations: Figures['situations'] = [];
  const rehearsal = await startRehearsal();
  try {
    for (const [name, { lost, putBack, lostSignals }] of Object.entries(SITUATIONS)) {
      const lives = [];
      for (let i = 0; i < livesEach; i += 1) lives.push(await rehearsal.begin());
      const backup = putBack === undefined ? '' : await rehearsal.backUp();
      await rehearsal.goOn(...lives);
      await rehearsal.lose(...lost);
      const startedAt = Date.now();
      if (putBack !== undefined) await rehearsal.putBack(backup, putBack);
      const restoreMs = putBack === undefined ? null : Date.now() - startedAt;
      const times = await rehearsal.start(lostSignals, ...lives);
      await rehearsal.judge();
      const [row] = await rehearsal.rows(
        'select count(*)::int as orders from orders where not closed',
      );
      const asked = await rehearsal.askedOfGateway();
      situations.push({ name, orders: Number(row?.orders), restoreMs, ...times, asked });
    }
  } finally {
    await rehearsal.close();
  }
  const date = new Date().toISOString().slice(0, 10);
  return { date, cores: availableParallelism(), load, situations };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { lives: { type: 'string' } } });
  const figures = await measure(Number(values.lives ?? LIVES_EACH));
  writeFileSync(FIGURES, `${JSON.stringify(figures, null, 2)}\n`);
  const { path: file, text } = restoreDocument();
  writeFileSync(file, text);
}
