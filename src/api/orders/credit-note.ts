/** The credit note of a refund, as a document. */
import { z } from 'zod';
import { fileOf } from '../../invoices/papers.ts';
import { creditNoteNumber, renderCreditNote } from '../../invoices/render-credit-note.ts';
import { findCreditNote } from '../../store/effects/credit-notes.ts';
import { readLogo } from '../../store/effects/seller-logos.ts';
import { orderId, visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { Problem } from '../problems/problem.ts';
import { requireOrder } from './submit.ts';

export const getCreditNote = defineRoute({
  operationId: 'getCreditNote',
  method: 'get',
  path: '/v1/orders/{id}/refunds/{refundId}/credit-note.pdf',
  scope: 'client',
  summary: "Get the credit note of a refund, by the gateway's id of the refund",
  params: z.strictObject({ id: orderId, refundId: visibleId }),
  answers: { 200: { description: 'The credit note.', contentType: 'application/pdf' } },
  problems: ['order_not_found', 'credit_note_not_found'],
  async run({ params: { id, refundId } }, dependencies) {
    await requireOrder(dependencies, id);
    const note = await findCreditNote(dependencies.database, { orderId: id, refundId });
    if (note === null) throw new Problem('credit_note_not_found');
    const headers = {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${fileOf(creditNoteNumber(note))}"`,
    };
    return {
      status: 200,
      body: await renderCreditNote(note, await readLogo(dependencies.database, note)),
      headers,
    };
  },
});
