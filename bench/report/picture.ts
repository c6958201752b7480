/** The picture of a run: bars with their spread, for orders and for the storm. Plain SVG, no script. */
import type { Workload } from '../side.ts';
import { type RunRecord, resultIn } from './run-record.ts';

const WIDTH = 760;
const LABEL_WIDTH = 250;
const VALUE_WIDTH = 110;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 28;
const CHART_GAP = 44;
const BARS_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;

/** Payonce stands out; all are read on white and on black. */
const COLORS = { payonce: '#3b6fd4', other: '#8a94a6', spread: '#d97706' };

interface Bar {
  name: string;
  title: string;
  value: number;
  spread: [number, number];
}

interface Chart {
  title: string;
  bars: Bar[];
}

export function pictureOf(record: RunRecord): string {
  const chart = (title: string, workload: Workload): Chart => ({
    title,
    bars: record.about.flatMap(({ name, title }) => {
      const result = resultIn(record, name, workload);
      if (result === undefined) return [];
      return [{ name, title, value: result.perSecond, spread: result.spread }];
    }),
  });
  const charts = [
    chart('orders a second', 'order'),
    chart('deliveries a second, in a storm', 'storm'),
  ];
  let top = 0;
  const drawn = charts
    .filter(({ bars }) => bars.length > 0)
    .map((one) => {
      const text = drawChart(one, top);
      top += CHART_GAP + one.bars.length * ROW_HEIGHT;
      return text;
    });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" font-family="system-ui, sans-serif" font-size="13" fill="#6b7280">`,
    '<title>Orders and deliveries a second, side by side</title>',
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawChart({ title, bars }: Chart, top: number): string {
  const most = Math.max(...bars.map(({ spread: [, high] }) => high));
  const rows = bars.map((bar, index) => drawBar(bar, top + CHART_GAP + index * ROW_HEIGHT, most));
  const heading = `<text x="0" y="${top + CHART_GAP / 2}" font-size="15" font-weight="600">${title}</text>`;
  return [heading, ...rows].join('\n');
}

function drawBar({ name, title, value, spread: [low, high] }: Bar, top: number, most: number) {
  const xOf = (speed: number) => LABEL_WIDTH + Math.round((speed / most) * BARS_WIDTH);
  const middle = top + BAR_HEIGHT / 2;
  const color = name.startsWith('payonce') ? COLORS.payonce : COLORS.other;
  return [
    `<text x="${LABEL_WIDTH - 10}" y="${middle}" text-anchor="end" dominant-baseline="central">${escaped(title)}</text>`,
    `<rect x="${LABEL_WIDTH}" y="${top}" width="${xOf(value) - LABEL_WIDTH}" height="${BAR_HEIGHT}" rx="2" fill="${color}"/>`,
    `<line x1="${xOf(low)}" x2="${xOf(high)}" y1="${middle}" y2="${middle}" stroke="${COLORS.spread}" stroke-width="2"/>`,
    `<text x="${xOf(high) + 8}" y="${middle}" dominant-baseline="central">${value}</text>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
