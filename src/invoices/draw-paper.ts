/** Draws an invoice or a credit note in any script: on one page, or with its lines on as many as they need. */
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { Seller } from '../domain/details.ts';
import type { LineRow } from './line-rows.ts';
import { heightOf, LINE_HEIGHT, registerFonts, type Style, write } from './page.ts';

const MARGIN = 56;
const RIGHT = 539;
const FULL = RIGHT - MARGIN;
const COLUMN = 320;
const LEFT_WIDTH = COLUMN - MARGIN - 24;
const AMOUNT_WIDTH = 140;
const INK = '#1c2430';
const MUTED = '#6b7684';
const LINE = '#d7dce2';
const ACCENT = '#2f5bea';
/** Where the foot begins. */
const FOOT = 752;
const LAST_LINE = FOOT - 8;
const NOTE_GAP = 6;

/** So that the longest invoice is one page. */
const MOST_LINES = { name: 3, addressLine: 2, id: 3, description: 14, line: 6, note: 3 };

type Page = PDFKit.PDFDocument;

/** What is printed, all of it as text. */
export interface Paper {
  title: string;
  number: string;
  seller: Seller;
  /** The picture that the seller names. */
  logo: Buffer | null;
  /** Name, address and whatever else says who it is, a line each. */
  customer: readonly string[];
  /** Each with its label. */
  facts: readonly (readonly [label: string, text: string])[];
  /** What was sold, in one text and amount, or line by line. */
  sold: { item: string; amount: string } | { rows: readonly LineRow[] };
  /** What stands between what was sold and the total, in its order; empty where they are the same. */
  reductions: readonly (readonly [label: string, amount: string])[];
  /** What the last amount is, and how much. */
  total: readonly [label: string, amount: string];
  /** What of the total is to be known besides, such as the tax in it; absent means nothing. */
  included?: readonly (readonly [label: string, amount: string])[];
  /** What stands below all amounts, such as why no tax is charged; absent means nothing. */
  notes?: readonly string[];
  foot: string;
  issuedAt: Date;
}

const LABELS = { customer: 'BILLED TO', description: 'DESCRIPTION', amount: 'AMOUNT' };

/** The columns of lines, each right-aligned at its end, and wide enough for the longest number that it may have. */
const COLUMNS = [
  { label: 'QTY', name: 'quantity', x: 264, width: 42 },
  { label: 'UNIT PRICE', name: 'unitAmount', x: 310, width: 84 },
  { label: 'TAX', name: 'taxRate', x: 396, width: 52 },
  { label: LABELS.amount, name: 'amount', x: 448, width: RIGHT - 448 },
] as const;

/** @param name of the document, for those who have it open. */
export async function drawPaper(paper: Paper, name: string): Promise<Buffer> {
  const { number, seller, customer, facts, sold, reductions, total, foot } = paper;
  const { included = [], notes = [] } = paper;
  const isTable = 'rows' in sold;
  const page = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    // Another Node has another zlib, and would make other bytes.
    compress: false,
    // How many pages there are is printed on each.
    ...(isTable && { bufferPages: true }),
    info: {
      Title: name,
      Author: seller.name,
      Creator: seller.name,
      CreationDate: paper.issuedAt,
    },
  });
  const [totalLabel, totalAmount] = total;
  const labels = [paper.title, totalLabel, ...Object.values(LABELS), ...facts.flat()];
  await registerFonts(page, {
    400: [
      ...labels,
      ...seller.lines,
      ...(seller.taxIds ?? []),
      ...(seller.footer ?? []),
      ...customer,
      ...(isTable ? textsOf(sold.rows) : [sold.item, sold.amount]),
      foot,
      number,
      ...reductions.flat(),
      ...included.flat(),
      ...notes,
    ],
    700: [seller.name, totalAmount],
  });
  const head = drawHead(page, paper);
  const parties = drawParties(page, paper, head + 20);
  if (isTable) drawTable(page, { ...paper, rows: sold.rows }, parties + 32);
  else drawTotal(page, paper, drawItem(page, sold, parties + 32));
  drawFeet(page, paper);
  page.end();
  return buffer(page);
}

function drawFeet(page: Page, { seller, foot, sold }: Paper): void {
  const { start, count } = page.bufferedPageRange();
  for (let i = start; i < start + count; i += 1) {
    if ('rows' in sold) page.switchToPage(i);
    rule(page, FOOT);
    put(page, foot, { x: MARGIN, y: 762, size: 9, color: MUTED });
    if (count > 1)
      put(page, pageText(i + 1, count), {
        x: MARGIN,
        y: 762,
        size: 9,
        color: MUTED,
        align: 'right',
      });
    drawFooter(page, seller.footer ?? []);
  }
}

function pageText(number: number, count: number): string {
  return `${number} / ${count}`;
}

/** Below the foot, where there is room on every paper. */
function drawFooter(page: Page, lines: readonly string[]): void {
  let y = 778;
  for (const line of lines) y = put(page, line, { x: MARGIN, y, size: 8, color: MUTED });
}

/** A picture stands between the edge and the name, so that nothing else moves for it. */
const LOGO = { y: 16, width: 180, height: 34 };

/** Answers where it ends, as do all of these. */
function drawHead(page: Page, { title, number, seller, logo }: Paper): number {
  page.rect(0, 0, page.page.width, 8).fill(ACCENT);
  if (logo !== null) page.image(logo, MARGIN, LOGO.y, { fit: [LOGO.width, LOGO.height] });
  const width = COLUMN - MARGIN;
  let y = put(page, seller.name, { x: MARGIN, y: 54, size: 20, weight: 700, width, maxLines: 2 });
  for (const line of seller.lines)
    y = put(page, line, { x: MARGIN, y: y + 1, size: 9, color: MUTED, width });
  put(page, title, { x: COLUMN, y: 58, size: 16, color: MUTED, align: 'right' });
  let right = put(page, number, { x: COLUMN, y: 82, size: 11, align: 'right' }) + 4;
  for (const text of seller.taxIds ?? [])
    right = put(page, text, { x: COLUMN, y: right, size: 9, color: MUTED, align: 'right' });
  const bottom = Math.max(y + 8, 112, seller.taxIds === undefined ? 0 : right + 6);
  rule(page, bottom);
  return bottom;
}

function drawParties(page: Page, { customer, facts }: Paper, top: number): number {
  let left = label(page, LABELS.customer, MARGIN, top) + 2;
  for (const [i, text] of customer.entries()) {
    const maxLines = i === 0 ? MOST_LINES.name : MOST_LINES.addressLine;
    left = put(page, text, { x: MARGIN, y: left, size: 11, width: LEFT_WIDTH, maxLines });
  }
  let right = top;
  for (const [name, text] of facts) {
    const below = label(page, name, COLUMN, right) + 2;
    right = put(page, text, { x: COLUMN, y: below, size: 11, maxLines: MOST_LINES.id }) + 8;
  }
  return Math.max(left, right - 8);
}

function drawItem(
  page: Page,
  { item, amount }: { item: string; amount: string },
  top: number,
): number {
  label(page, LABELS.description, MARGIN, top);
  put(page, LABELS.amount, { x: MARGIN, y: top, size: 8, color: MUTED, align: 'right' });
  rule(page, top + 16);
  put(page, amount, { x: MARGIN, y: top + 26, size: 11, align: 'right' });
  const bottom = put(page, item, {
    x: MARGIN,
    y: top + 26,
    size: 11,
    width: FULL - AMOUNT_WIDTH,
    maxLines: MOST_LINES.description,
  });
  rule(page, bottom + 10);
  return bottom + 10;
}

/** What only papers with lines write: columns, page numbers, and the lines themselves. */
function textsOf(rows: readonly LineRow[]): string[] {
  const labels = COLUMNS.map(({ label }) => label);
  return [...labels, '0123456789 /', ...rows.flatMap((row) => Object.values(row))];
}

const LINE_TEXT = { size: 10, width: 204, maxLines: MOST_LINES.line };
const LINE_GAP = 8;
const NOTE = { size: 9, width: FULL, maxLines: MOST_LINES.note };

/** Lines and the sums below them, on as many pages as they need; the sums are never parted. */
function drawTable(page: Page, paper: Paper & { rows: readonly LineRow[] }, top: number): void {
  const { number, rows, notes = [] } = paper;
  let y = drawColumns(page, top);
  for (const row of rows) {
    const height = heightOf(page, row.text, LINE_TEXT) + LINE_GAP;
    if (y + height > LAST_LINE) y = drawColumns(page, turn(page, number));
    for (const { name, x, width } of COLUMNS)
      put(page, row[name], { x, y: y + LINE_GAP, size: LINE_TEXT.size, width, align: 'right' });
    put(page, row.text, { ...LINE_TEXT, x: MARGIN, y: y + LINE_GAP });
    y += height;
  }
  rule(page, y + 10);
  y += 10;
  const height = heightOfSums(page, paper);
  y = drawTotal(page, paper, y + height > LAST_LINE ? turn(page, number) : y);
  for (const note of notes)
    y = put(page, note, { ...NOTE, x: MARGIN, y: y + NOTE_GAP, color: MUTED });
}

/** Of what `drawTotal` writes, and the notes. */
function heightOfSums(page: Page, { reductions, included = [], notes = [] }: Paper): number {
  const noted = notes.map((note) => heightOf(page, note, NOTE) + NOTE_GAP);
  const total = 13 + 15 * LINE_HEIGHT;
  const sums =
    reductions.length * (10 + 11 * LINE_HEIGHT) + included.length * (6 + 9 * LINE_HEIGHT);
  return noted.reduce((all, height) => all + height, sums + total);
}

function drawColumns(page: Page, top: number): number {
  label(page, LABELS.description, MARGIN, top);
  for (const { label: text, x, width } of COLUMNS)
    put(page, text, { x, y: top, size: 8, color: MUTED, width, align: 'right' });
  rule(page, top + 16);
  return top + 16;
}

/** The next page, named by the paper's number; where it may be written on. */
function turn(page: Page, number: string): number {
  page.addPage();
  page.rect(0, 0, page.page.width, 8).fill(ACCENT);
  return put(page, number, { x: MARGIN, y: 40, size: 11, align: 'right' }) + 12;
}

/** Answers where it ends. */
function drawTotal(page: Page, paper: Paper, top: number): number {
  const { reductions, total, included = [] } = paper;
  const [label, amount] = total;
  let y = top;
  for (const [name, reduction] of reductions) {
    put(page, name, { x: MARGIN, y: y + 10, size: 11, color: MUTED });
    y = put(page, reduction, { x: MARGIN, y: y + 10, size: 11, align: 'right' });
  }
  put(page, label, { x: MARGIN, y: y + 18, size: 11, color: MUTED });
  y = put(page, amount, { x: MARGIN, y: y + 13, size: 15, weight: 700, align: 'right' });
  for (const [name, part] of included) {
    put(page, name, { x: MARGIN, y: y + 6, size: 9, color: MUTED });
    y = put(page, part, { x: MARGIN, y: y + 6, size: 9, color: MUTED, align: 'right' });
  }
  return y;
}

type Place = Pick<Style, 'x' | 'y' | 'size'> & Partial<Style>;

function put(page: Page, text: string, place: Place): number {
  return write(page, text, { width: RIGHT - place.x, color: INK, ...place });
}

function label(page: Page, text: string, x: number, y: number): number {
  return put(page, text, { x, y, size: 8, color: MUTED });
}

function rule(page: Page, y: number): void {
  page.moveTo(MARGIN, y).lineTo(RIGHT, y).lineWidth(0.75).strokeColor(LINE).stroke();
}
