/** The first layout, for the invoices that were issued in it. It is finished: any change would change them. */
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { Invoice } from '../store/effects/invoices.ts';
import { amountText, printable } from './amount-text.ts';
import { invoiceNumber } from './layouts.ts';

const SELLER = 'Payonce';
const MARGIN = 56;
const RIGHT = 539;
const COLUMN = 320;
const AMOUNT_WIDTH = 140;
const INK = '#1c2430';
const MUTED = '#6b7684';
const LINE = '#d7dce2';
const ACCENT = '#2f5bea';

type Page = PDFKit.PDFDocument;

export async function renderFirstLayout(invoice: Invoice): Promise<Buffer> {
  const page = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    info: {
      Title: `Invoice ${invoiceNumber(invoice)}`,
      Author: SELLER,
      Creator: SELLER,
      CreationDate: invoice.issuedAt,
    },
  });
  drawHead(page, invoice);
  const parties = drawParties(page, invoice);
  const item = drawItem(page, invoice, parties + 36);
  drawTotal(page, invoice, item);
  drawFoot(page, invoice);
  page.end();
  return buffer(page);
}

function drawHead(page: Page, invoice: Invoice): void {
  page.rect(0, 0, page.page.width, 8).fill(ACCENT);
  write(page, SELLER, { x: MARGIN, y: 56, size: 22, bold: true });
  write(page, 'INVOICE', { x: MARGIN, y: 60, size: 16, color: MUTED, align: 'right' });
  write(page, invoiceNumber(invoice), { x: MARGIN, y: 82, size: 11, align: 'right' });
  rule(page, 112);
}

/** Answers where the longer of the two columns ends. */
function drawParties(page: Page, invoice: Invoice): number {
  const { customerId, email, orderId, gateway, issuedAt } = invoice;
  label(page, 'Billed to', MARGIN, 132);
  for (const text of email === null ? [customerId] : [customerId, email])
    write(page, text, { x: MARGIN, y: page.y + 4, size: 11, width: COLUMN - MARGIN - 24 });
  const left = page.y;
  page.y = 124;
  const facts = { Issued: dateText(issuedAt), Order: orderId, 'Paid by': gateway };
  for (const [name, text] of Object.entries(facts)) {
    label(page, name, COLUMN, page.y + 8);
    write(page, text, { x: COLUMN, y: page.y + 4, size: 11 });
  }
  return Math.max(left, page.y);
}

/** Answers where the item ends: its description may take several lines. */
function drawItem(page: Page, invoice: Invoice, top: number): number {
  label(page, 'Description', MARGIN, top);
  write(page, 'AMOUNT', { x: MARGIN, y: top, size: 8, color: MUTED, align: 'right' });
  rule(page, top + 16);
  const amount = amountText(invoice.amountMinor, invoice.currency);
  write(page, amount, { x: MARGIN, y: top + 28, size: 11, align: 'right' });
  write(page, invoice.description ?? `Order ${invoice.orderId}`, {
    x: MARGIN,
    y: top + 28,
    size: 11,
    width: RIGHT - MARGIN - AMOUNT_WIDTH,
  });
  const bottom = page.y + 12;
  rule(page, bottom);
  return bottom;
}

function drawTotal(page: Page, invoice: Invoice, top: number): void {
  const amount = amountText(invoice.amountMinor, invoice.currency);
  write(page, 'Total, paid in full', { x: MARGIN, y: top + 18, size: 11, color: MUTED });
  write(page, amount, { x: MARGIN, y: top + 14, size: 15, bold: true, align: 'right' });
}

function drawFoot(page: Page, invoice: Invoice): void {
  const text = `${SELLER} · ${invoiceNumber(invoice)} · Nothing is left to pay.`;
  rule(page, 752);
  write(page, text, { x: MARGIN, y: 764, size: 9, color: MUTED });
}

interface Style {
  x: number;
  y: number;
  size: number;
  width?: number;
  bold?: boolean;
  color?: string;
  align?: 'left' | 'right';
}

function write(page: Page, text: string, style: Style): void {
  const { x, y, size, width = RIGHT - x, bold = false, color = INK, align = 'left' } = style;
  page
    .font(bold ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(size)
    .fillColor(color)
    .text(printable(text), x, y, { width, align });
}

function label(page: Page, text: string, x: number, y: number): void {
  write(page, text.toUpperCase(), { x, y, size: 8, color: MUTED });
}

function rule(page: Page, y: number): void {
  page.moveTo(MARGIN, y).lineTo(RIGHT, y).lineWidth(0.75).strokeColor(LINE).stroke();
}

/** As ISO 8601 has it: the one date that reads the same everywhere. */
function dateText(date: Date): string {
  return date.toISOString().slice(0, 10);
}
