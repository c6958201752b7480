/**
 * Draws a stored invoice as a PDF of one page. The same invoice gives the same bytes, always: nothing
 * here may read a clock, a locale or anything beside the invoice and the picture that it names.
 */
import type { Invoice } from '../store/effects/invoices.ts';
import { renderFirstLayout } from './first-layout.ts';
import { FIRST_LAYOUT } from './layouts.ts';
import { renderSecondLayout } from './second-layout.ts';

/** @param logo the picture that the invoice's seller names */
export function renderInvoice(invoice: Invoice, logo: Buffer | null = null): Promise<Buffer> {
  return invoice.layout === FIRST_LAYOUT
    ? renderFirstLayout(invoice)
    : renderSecondLayout(invoice, logo);
}
