/** Draws an invoice or a credit note on one page, in any script. */
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { Seller } from '../domain/details.ts';
import { registerFonts, type Style, write } from './page.ts';

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

/** So that the longest invoice is one page. */
const MOST_LINES = { name: 3, addressLine: 2, id: 3, description: 14 };

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
  item: string;
  amount: string;
  /** What stands between the amount of the item and the total, in its order; empty where they are the same. */
  reductions: readonly (readonly [label: string, amount: string])[];
  /** What the last amount is, and how much. */
  total: readonly [label: string, amount: string];
  foot: string;
  issuedAt: Date;
}

const LABELS = { customer: 'BILLED TO', description: 'DESCRIPTION', amount: 'AMOUNT' };

/** @param name of the document, for those who have it open. */
export async function drawPaper(paper: Paper, name: string): Promise<Buffer> {
  const { number, seller, customer, facts, item, amount, reductions, total, foot } = paper;
  const page = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    // Another Node has another zlib, and would make other bytes.
    compress: false,
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
      item,
      amount,
      foot,
      number,
      ...reductions.flat(),
    ],
    700: [seller.name, totalAmount],
  });
  const head = drawHead(page, paper);
  const parties = drawParties(page, paper, head + 20);
  const below = drawItem(page, paper, parties + 32);
  drawTotal(page, paper, below);
  rule(page, 752);
  put(page, foot, { x: MARGIN, y: 762, size: 9, color: MUTED });
  drawFooter(page, seller.footer ?? []);
  page.end();
  return buffer(page);
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

function drawItem(page: Page, { item, amount }: Paper, top: number): number {
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

function drawTotal(page: Page, { reductions, total: [label, amount] }: Paper, top: number): void {
  let y = top;
  for (const [name, reduction] of reductions) {
    put(page, name, { x: MARGIN, y: y + 10, size: 11, color: MUTED });
    y = put(page, reduction, { x: MARGIN, y: y + 10, size: 11, align: 'right' });
  }
  put(page, label, { x: MARGIN, y: y + 18, size: 11, color: MUTED });
  put(page, amount, { x: MARGIN, y: y + 13, size: 15, weight: 700, align: 'right' });
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
