/** Invoices and credit notes for the bookkeeper: a list, each as a PDF, and a month of them as a ZIP. */
import { z } from 'zod';
import { csvLine } from '../../books/export.ts';
import {
  fileOf,
  paperAsEInvoice,
  paperNumber,
  paperPdf,
  papersZip,
} from '../../invoices/papers.ts';
import { decimalOfMinor } from '../../money/decimal.ts';
import { everyPaper, listPapers, PAPER_KINDS, type Paper } from '../../store/effects/papers.ts';
import { visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { Problem } from '../problems/problem.ts';
import { daysOf, period } from './period.ts';

const paperSchema = z
  .object({
    number: z.string().meta({ example: 'INV-000042', description: 'As it is printed.' }),
    kind: z.enum(PAPER_KINDS).meta({ description: 'Invoice or credit note.' }),
    orderId: z.string(),
    refundId: z
      .string()
      .nullable()
      .meta({ description: "Of a credit note: the gateway's id of the refund." }),
    corrects: z
      .string()
      .nullable()
      .meta({ description: 'Of a credit note: the number of its invoice.' }),
    customerId: z.string(),
    amount: z.int().meta({ description: 'Minor units: what was due, or what is given back.' }),
    discount: z
      .int()
      .nullable()
      .meta({ description: 'Minor units that the gateway let the customer off.' }),
    currency: z.string(),
    issuedAt: z.iso.datetime().meta({ description: 'When it was issued.' }),
  })
  .meta({ id: 'Paper' });

export const getPapers = defineRoute({
  operationId: 'listPapers',
  method: 'get',
  path: '/v1/books/papers',
  scope: 'ops',
  summary: 'List the invoices and credit notes of a month or day (UTC), oldest first',
  query: z.strictObject({ period, ...pageQuery }),
  answers: {
    200: {
      description: 'One page.',
      schema: z.object({
        papers: z.array(paperSchema).meta({ description: 'The papers of this page.' }),
        nextCursor: z.string().nullable(),
      }),
    },
  },
  problems: ['query_invalid', 'cursor_invalid'],
  async run({ query }, { database }) {
    const { items, nextCursor } = await listPapers(database, daysOf(query.period), query);
    return { status: 200, body: { papers: items.map(represent), nextCursor } };
  },
});

export const getPapersZip = defineRoute({
  operationId: 'downloadPapers',
  method: 'get',
  path: '/v1/books/papers.zip',
  scope: 'ops',
  summary: 'Get the invoices and credit notes of a month or day (UTC) as PDFs, with a list as CSV',
  query: z.strictObject({ period }),
  answers: {
    200: { description: 'One PDF each, and index.csv.', contentType: 'application/zip' },
  },
  problems: ['query_invalid'],
  async run({ query }, { database }) {
    const papers: Paper[] = [];
    for await (const paper of everyPaper(database, daysOf(query.period))) papers.push(paper);
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="papers-${query.period}.zip"`,
    };
    return { status: 200, body: papersZip(database, papers, indexOf(papers)), headers };
  },
});

const paperPath = z.strictObject({
  number: visibleId.meta({ description: 'As it is printed, such as INV-000042 or CN-000007.' }),
});

export const getPaper = defineRoute({
  operationId: 'getPaper',
  method: 'get',
  path: '/v1/books/papers/{number}',
  scope: 'ops',
  summary: 'Get an invoice or a credit note by its number',
  params: paperPath,
  answers: { 200: { description: 'The paper.', contentType: 'application/pdf' } },
  problems: ['paper_not_found'],
  async run({ params: { number } }, { database }) {
    const pdf = await paperPdf(database, number);
    if (pdf === null) throw new Problem('paper_not_found');
    const headers = {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${fileOf(number)}"`,
    };
    return { status: 200, body: pdf, headers };
  },
});

export const getEInvoice = defineRoute({
  operationId: 'getEInvoice',
  method: 'get',
  path: '/v1/books/papers/{number}/e-invoice.xml',
  scope: 'ops',
  summary: 'Get an invoice or a credit note as an electronic invoice (EN 16931, in UBL 2.1)',
  params: paperPath,
  answers: { 200: { description: 'The electronic invoice.', contentType: 'application/xml' } },
  problems: ['paper_not_found', 'e_invoice_incomplete'],
  async run({ params: { number } }, { database }) {
    const made = await paperAsEInvoice(database, number);
    if (made === null) throw new Problem('paper_not_found');
    if (made.status === 'incomplete')
      throw new Problem('e_invoice_incomplete', {
        detail: `It cannot be an electronic invoice: ${made.missing.join('; ')}.`,
      });
    const headers = {
      'content-type': 'application/xml; charset=utf-8',
      'content-disposition': `attachment; filename="${fileOf(number, 'xml')}"`,
    };
    return { status: 200, body: Buffer.from(made.xml), headers };
  },
});

function represent(paper: Paper): z.infer<typeof paperSchema> {
  const { kind, orderId, refundId, corrects, customerId, currency } = paper;
  return {
    number: paperNumber(paper),
    kind,
    orderId,
    refundId,
    corrects:
      corrects === null
        ? null
        : paperNumber({ kind: 'invoice', number: corrects, printed: paper.correctsPrinted }),
    customerId,
    amount: paper.amountMinor,
    discount: paper.discountMinor,
    currency,
    issuedAt: paper.issuedAt.toISOString(),
  };
}

const INDEX_HEAD = [
  ...['number', 'kind', 'issued', 'order', 'refund', 'corrects', 'customer', 'amount'],
  ...['discount', 'currency', 'file'],
];

function indexOf(papers: readonly Paper[]): string {
  const lines = papers.map(represent).map((paper) => {
    const { number, kind, issuedAt, orderId, refundId, corrects, customerId, currency } = paper;
    const discount = paper.discount === null ? '' : decimalOfMinor(paper.discount, currency);
    return csvLine([
      ...[number, kind, issuedAt, orderId, refundId ?? '', corrects ?? '', customerId],
      ...[decimalOfMinor(paper.amount, currency), discount, currency, fileOf(number)],
    ]);
  });
  return csvLine(INDEX_HEAD) + lines.join('');
}
