/** The layout of new invoices: one page, in any script, with the seller as it was called when it was issued. */
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { Address } from '../domain/details.ts';
import { moneyText } from '../money/text.ts';
import type { Invoice } from '../store/invoices.ts';
import { invoiceNumber } from './layouts.ts';
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

export async function renderSecondLayout(invoice: Invoice): Promise<Buffer> {
  const { seller } = invoice;
  const sellerName = seller?.name ?? '';
  const page = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    // Another Node has another zlib, and would make other bytes.
    compress: false,
    info: {
      Title: `Invoice ${invoiceNumber(invoice)}`,
      Author: sellerName,
      Creator: sellerName,
      CreationDate: invoice.issuedAt,
    },
  });
  const parts = textsOf(invoice);
  await registerFonts(page, {
    400: [
      ...Object.values(LABELS),
      ...parts.seller,
      ...parts.customer,
      ...parts.facts.flat(),
      parts.item,
      parts.amount,
      parts.foot,
      parts.number,
    ],
    700: [sellerName, parts.amount],
  });
  const head = drawHead(page, invoice, sellerName, parts.seller);
  const parties = drawParties(page, parts, head + 20);
  const item = drawItem(page, parts, parties + 32);
  drawTotal(page, parts.amount, item);
  rule(page, 752);
  put(page, parts.foot, { x: MARGIN, y: 762, size: 9, color: MUTED });
  page.end();
  return buffer(page);
}

const LABELS = {
  title: 'INVOICE',
  customer: 'BILLED TO',
  description: 'DESCRIPTION',
  amount: 'AMOUNT',
  issued: 'ISSUED',
  order: 'ORDER',
  gateway: 'PAID BY',
  total: 'Total, paid in full',
};

type Texts = ReturnType<typeof textsOf>;

function textsOf(invoice: Invoice) {
  const { customerId, customerName, customerAddress, email, orderId, gateway, seller } = invoice;
  const number = invoiceNumber(invoice);
  return {
    number,
    seller: seller?.lines ?? [],
    customer: [
      ...(customerName === null ? [] : [customerName]),
      ...(customerAddress === null ? [] : addressLines(customerAddress)),
      ...(email === null ? [] : [email]),
      customerId,
    ],
    facts: [
      [LABELS.issued, dateText(invoice.issuedAt)],
      [LABELS.order, orderId],
      [LABELS.gateway, gateway],
    ] as const,
    item: invoice.description ?? `Order ${orderId}`,
    amount: moneyText(invoice.amountMinor, invoice.currency),
    // The number first: a text reads in the direction of its first letter.
    foot: [number, 'Nothing is left to pay.', seller?.name].filter(Boolean).join(' · '),
  };
}

function addressLines({ line1, line2, city, state, postalCode, country }: Address): string[] {
  const place = [postalCode, city, state].filter(Boolean).join(' ');
  return [line1, line2, [place, country].filter(Boolean).join(', ')].filter(
    (line) => line !== undefined,
  );
}

/** Answers where it ends, as do all of these. */
function drawHead(page: Page, invoice: Invoice, name: string, lines: readonly string[]): number {
  page.rect(0, 0, page.page.width, 8).fill(ACCENT);
  const width = COLUMN - MARGIN;
  let y = put(page, name, { x: MARGIN, y: 54, size: 20, weight: 700, width, maxLines: 2 });
  for (const line of lines)
    y = put(page, line, { x: MARGIN, y: y + 1, size: 9, color: MUTED, width });
  put(page, LABELS.title, { x: COLUMN, y: 58, size: 16, color: MUTED, align: 'right' });
  put(page, invoiceNumber(invoice), { x: COLUMN, y: 82, size: 11, align: 'right' });
  const bottom = Math.max(y + 8, 112);
  rule(page, bottom);
  return bottom;
}

function drawParties(page: Page, { customer, facts }: Texts, top: number): number {
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

function drawItem(page: Page, { item, amount }: Texts, top: number): number {
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

function drawTotal(page: Page, amount: string, top: number): void {
  put(page, LABELS.total, { x: MARGIN, y: top + 18, size: 11, color: MUTED });
  put(page, amount, { x: MARGIN, y: top + 13, size: 15, weight: 700, align: 'right' });
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

/** As ISO 8601 has it: the one date that reads the same everywhere. */
function dateText(date: Date): string {
  return date.toISOString().slice(0, 10);
}
