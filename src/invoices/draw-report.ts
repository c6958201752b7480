/** Draws a report of tables as a PDF of as many pages as it takes, in any script: the same report gives the same bytes. */
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import { registerFonts, type Style, write } from './page.ts';

const MARGIN = 56;
const RIGHT = 539;
const FULL = RIGHT - MARGIN;
/** Below it is the foot of the page. */
const BOTTOM = 770;
const TOP_OF_NEXT = 56;
const INK = '#1c2430';
const MUTED = '#6b7684';
const LINE = '#d7dce2';
const ACCENT = '#2f5bea';
const SIZE = { title: 20, heading: 12, cell: 8.5, small: 8 };
const ROW = 14;

type Page = PDFKit.PDFDocument;

export interface ReportColumn {
  name: string;
  /** Of the width of the page; all of them together make 1. */
  share: number;
  align?: 'left' | 'right';
}

export interface ReportTable {
  heading: string;
  columns: readonly ReportColumn[];
  rows: readonly (readonly string[])[];
  /** What stands there without rows. */
  none: string;
}

export interface Report {
  title: string;
  /** Whose it is and what of; a line each. */
  lines: readonly string[];
  tables: readonly ReportTable[];
  /** The moment that it is about, as the document's own date. */
  at: Date;
}

export async function drawReport({ title, lines, tables, at }: Report): Promise<Buffer> {
  const page = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    // Another Node has another zlib, and would make other bytes.
    compress: false,
    bufferPages: true,
    info: { Title: title, CreationDate: at },
  });
  const cells = tables.flatMap(({ columns, rows, none }) => [
    ...columns.map(({ name }) => name),
    ...rows.flat(),
    none,
  ]);
  await registerFonts(page, {
    400: [...lines, ...cells, title, '0123456789 /'],
    700: [title, ...tables.map(({ heading }) => heading)],
  });
  page.rect(0, 0, page.page.width, 8).fill(ACCENT);
  let y = put(page, title, { x: MARGIN, y: 48, size: SIZE.title, weight: 700 });
  for (const line of lines)
    y = put(page, line, { x: MARGIN, y: y + 2, size: SIZE.cell, color: MUTED });
  for (const table of tables) y = drawTable(page, table, y + 22);
  drawFeet(page, title);
  page.end();
  return buffer(page);
}

/** Answers where it ends, on whatever page that is. */
function drawTable(page: Page, table: ReportTable, top: number): number {
  // A heading is never alone at the end of a page.
  let y = top + 4 * ROW > BOTTOM ? nextPage(page) : top;
  y = put(page, table.heading, { x: MARGIN, y, size: SIZE.heading, weight: 700 }) + 4;
  if (table.rows.length === 0)
    return put(page, table.none, { x: MARGIN, y, size: SIZE.cell, color: MUTED });
  y = drawNames(page, table.columns, y);
  for (const row of table.rows) {
    if (y + ROW > BOTTOM) y = drawNames(page, table.columns, nextPage(page));
    drawRow(page, table.columns, row, { y: y + 2, size: SIZE.cell, color: INK });
    y += ROW;
  }
  return y;
}

function drawNames(page: Page, columns: readonly ReportColumn[], y: number): number {
  const names = columns.map(({ name }) => name);
  drawRow(page, columns, names, { y, size: SIZE.small, color: MUTED });
  rule(page, y + ROW - 1);
  return y + ROW;
}

const GAP = 8;

function drawRow(
  page: Page,
  columns: readonly ReportColumn[],
  cells: readonly string[],
  style: { y: number; size: number; color: string },
): void {
  let x = MARGIN;
  for (const [i, { share, align = 'left' }] of columns.entries()) {
    const width = share * FULL - GAP;
    put(page, cells[i] ?? '', { ...style, x, width, align });
    x += share * FULL;
  }
}

function nextPage(page: Page): number {
  page.addPage();
  return TOP_OF_NEXT;
}

function drawFeet(page: Page, title: string): void {
  const { start, count } = page.bufferedPageRange();
  for (let i = start; i < start + count; i += 1) {
    page.switchToPage(i);
    const style = { y: 786, size: SIZE.small, color: MUTED };
    put(page, title, { ...style, x: MARGIN });
    put(page, `${i + 1} / ${count}`, { ...style, x: MARGIN, align: 'right' });
  }
}

type Place = Pick<Style, 'x' | 'y' | 'size'> & Partial<Style>;

function put(page: Page, text: string, place: Place): number {
  return text === ''
    ? place.y
    : write(page, text, { width: RIGHT - place.x, color: INK, ...place });
}

function rule(page: Page, y: number): void {
  page.moveTo(MARGIN, y).lineTo(RIGHT, y).lineWidth(0.5).strokeColor(LINE).stroke();
}
