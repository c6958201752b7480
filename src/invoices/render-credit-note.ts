/** Draws a stored credit note as a PDF of one page: the same bytes for the same note, always. */
import { moneyText } from '../money/text.ts';
import type { CreditNote } from '../store/effects/credit-notes.ts';
import { drawPaper } from './draw-paper.ts';
import { invoiceNumber, type Numbered } from './layouts.ts';
import { printedCredit } from './line-rows.ts';
import { customerLines, dateText, footOf, sellerOf } from './parties.ts';

/** The number as it is printed and told to customers. */
export function creditNoteNumber({ number, printed }: Numbered): string {
  return printed ?? `CN-${String(number).padStart(6, '0')}`;
}

/** @param logo the picture that the note's seller names */
export function renderCreditNote(note: CreditNote, logo: Buffer | null = null): Promise<Buffer> {
  const { orderId, refundId, invoiceNumber: corrected, issuedAt, amountMinor, currency } = note;
  const number = creditNoteNumber(note);
  const { invoicePrinted } = note;
  const invoice =
    corrected === null ? [] : [invoiceNumber({ number: corrected, printed: invoicePrinted })];
  const of = invoice[0] ?? `order ${orderId}`;
  const lines = note.credited && printedCredit(note.credited, { invoice: of, currency });
  const paper = {
    title: 'CREDIT NOTE',
    number,
    seller: sellerOf(note),
    logo,
    customer: customerLines(note),
    facts: [
      ['ISSUED', dateText(issuedAt)],
      ...invoice.map((text) => ['CORRECTS', text] as const),
      ['ORDER', orderId],
      ['REFUND', refundId],
    ] as const,
    sold: lines ?? { item: `Refund of ${of}`, amount: moneyText(amountMinor, currency) },
    reductions: lines?.sums ?? [],
    total: ['Total, refunded', moneyText(amountMinor, currency)] as const,
    ...(lines && { notes: lines.notes }),
    foot: footOf(note, number, 'The amount is paid back.'),
    issuedAt,
  };
  return drawPaper(paper, `Credit note ${number}`);
}
