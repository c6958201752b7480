/** The layout of new invoices: any script, and the seller as it was when the invoice was issued. */
import { moneyText } from '../money/text.ts';
import type { Invoice } from '../store/effects/invoices.ts';
import { drawPaper } from './draw-paper.ts';
import { invoiceNumber } from './layouts.ts';
import { customerLines, dateText, footOf, sellerOf } from './parties.ts';

export function renderSecondLayout(invoice: Invoice): Promise<Buffer> {
  const { orderId, gateway, issuedAt, description, amountMinor, currency } = invoice;
  const number = invoiceNumber(invoice);
  const paper = {
    title: 'INVOICE',
    number,
    seller: sellerOf(invoice),
    customer: customerLines(invoice),
    facts: [
      ['ISSUED', dateText(issuedAt)],
      ['ORDER', orderId],
      ['PAID BY', gateway],
    ] as const,
    item: description ?? `Order ${orderId}`,
    amount: moneyText(amountMinor, currency),
    total: 'Total, paid in full',
    foot: footOf(invoice, number, 'Nothing is left to pay.'),
    issuedAt,
  };
  return drawPaper(paper, `Invoice ${number}`);
}
