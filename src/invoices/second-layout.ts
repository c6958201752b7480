/** The layout of new invoices: any script, and the seller as it was when the invoice was issued. */
import { moneyText } from '../money/text.ts';
import type { Invoice } from '../store/effects/invoices.ts';
import { drawPaper } from './draw-paper.ts';
import { invoiceNumber } from './layouts.ts';
import { printedLines } from './line-rows.ts';
import { customerLines, dateText, footOf, sellerOf } from './parties.ts';

export function renderSecondLayout(invoice: Invoice, logo: Buffer | null): Promise<Buffer> {
  const { orderId, gateway, issuedAt, description, amountMinor, currency } = invoice;
  const discountMinor = invoice.discountMinor ?? 0;
  const money = (minor: number): string => moneyText(minor, currency);
  const number = invoiceNumber(invoice);
  const lines = invoice.lines && printedLines(invoice.lines, currency);
  const paper = {
    title: 'INVOICE',
    number,
    seller: sellerOf(invoice),
    logo,
    customer: customerLines(invoice),
    facts: [
      ['ISSUED', dateText(issuedAt)],
      ['ORDER', orderId],
      // Nothing was paid of an order over 0.
      ...(amountMinor === 0 ? [] : [['PAID BY', gateway] as const]),
    ] as const,
    sold: lines ?? { item: description ?? `Order ${orderId}`, amount: money(amountMinor) },
    reductions: [
      ...(lines?.sums ?? []),
      ...(discountMinor === 0
        ? []
        : ([
            ['Amount due', money(amountMinor)],
            [`Discount granted through ${gateway}`, `-${money(discountMinor)}`],
          ] as const)),
    ],
    total: [
      discountMinor === 0 ? 'Total, paid in full' : 'Amount paid, in full settlement',
      money(amountMinor - discountMinor),
    ] as const,
    ...(lines && { included: lines.included, notes: lines.notes }),
    foot: footOf(invoice, number, 'Nothing is left to pay.'),
    issuedAt,
  };
  return drawPaper(paper, `Invoice ${number}`);
}
