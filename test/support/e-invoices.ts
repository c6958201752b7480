/** Invoices and credit notes of a seller who has set all that electronic invoices need, with lines of every kind. */
import {
  creditLines,
  type LineItem,
  type OrderLines,
  type PricedLines,
  priceLines,
} from '../../src/money/line-items.ts';
import type { CreditNote } from '../../src/store/effects/credit-notes.ts';
import type { Invoice } from '../../src/store/effects/invoices.ts';
import { CREDIT_NOTE, INVOICE } from './papers.ts';

export const EUROPEAN_SELLER = {
  name: 'Nacht & Bücher <GmbH>',
  lines: ['Torstraße 1', 'Hinterhaus', '10119 Berlin'],
  country: 'DE',
  vatId: 'DE123456789',
};

/** Standard rates, a zero rate and two reasons for exemption, with discounts of lines. */
export const EVERY_KIND: readonly LineItem[] = [
  { description: 'Book\u0001 门票 & <more>', quantity: 3, unitAmount: 1_999, taxRate: '7' },
  { description: 'Mug', quantity: 7, unitAmount: 333, taxRate: '19.0', discount: 51 },
  { description: 'Pen', quantity: 1_000, unitAmount: 1, taxRate: '19' },
  { description: 'Water', quantity: 1, unitAmount: 500, taxRate: '0' },
  {
    ...{ description: 'Course', quantity: 1, unitAmount: 700, taxRate: '0' },
    exemptionReason: 'Article 132 of Directive 2006/112/EC',
  },
  {
    ...{ description: 'Insurance', quantity: 1, unitAmount: 900, taxRate: '0' },
    exemptionReason: 'Article 135 of Directive 2006/112/EC',
  },
];

export function linesOf(changes: Partial<OrderLines> = {}): PricedLines {
  return priceLines({
    ...{ taxBehavior: 'exclusive', lineItems: EVERY_KIND, discount: 333 },
    ...changes,
  });
}

export function invoiceWith(lines: PricedLines, changes: Partial<Invoice> = {}): Invoice {
  const amountMinor = lines.total;
  return { ...INVOICE, seller: EUROPEAN_SELLER, currency: 'EUR', lines, amountMinor, ...changes };
}

export function creditNoteOf(
  lines: PricedLines,
  amountMinor: number,
  changes: Partial<CreditNote> = {},
): CreditNote {
  const credited = creditLines(lines, [], amountMinor);
  const note = { ...CREDIT_NOTE, seller: EUROPEAN_SELLER, currency: 'EUR' };
  return { ...note, credited, amountMinor, ...changes };
}
