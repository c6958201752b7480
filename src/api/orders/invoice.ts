/** The invoice of an order, as a document. */
import { renderInvoice } from '../../invoices/render-invoice.ts';
import { readInvoice } from '../../store/effects/invoices.ts';
import { readLogo } from '../../store/effects/seller-logos.ts';
import { orderPath } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { Problem } from '../problems/problem.ts';
import { requireOrder } from './submit.ts';

export const getInvoice = defineRoute({
  operationId: 'getInvoice',
  method: 'get',
  path: '/v1/orders/{id}/invoice.pdf',
  scope: 'client',
  summary: 'Get the invoice of a paid order',
  params: orderPath,
  answers: { 200: { description: 'The invoice.', contentType: 'application/pdf' } },
  problems: ['order_not_found', 'invoice_not_found'],
  async run({ params: { id } }, dependencies) {
    await requireOrder(dependencies, id);
    const invoice = await readInvoice(dependencies.database, id);
    if (invoice === null) throw new Problem('invoice_not_found');
    const headers = {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="invoice-${invoice.number}.pdf"`,
    };
    return {
      status: 200,
      body: await renderInvoice(invoice, await readLogo(dependencies.database, invoice)),
      headers,
    };
  },
});
