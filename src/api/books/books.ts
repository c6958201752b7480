/** The books for accountants: trial balance, export, and whether they agree with orders and gateways. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { EXPORT_FORMATS, exportHeaders, exportTexts } from '../../books/export.ts';
import {
  accountsOf,
  bookEntries,
  checkBooks,
  trialBalanceOf,
} from '../../store/settlements/book-entries.ts';
import { judgeAgain, reportedGateways } from '../../store/settlements/differences.ts';
import { defineRoute } from '../http/route.ts';
import { daysOf, period } from './period.ts';
import { representAccounts } from './represent-accounts.ts';

export const getTrialBalance = defineRoute({
  operationId: 'getTrialBalance',
  method: 'get',
  path: '/v1/books/trial-balance',
  scope: 'ops',
  summary:
    'Get what every account held before a month or day, took and gave in it, and holds after it',
  query: z.strictObject({ period }),
  answers: {
    200: {
      description: 'By currency and account; the closing balances of a currency sum to zero.',
      schema: z.object({
        period: z.string().meta({ description: 'The month or day that was asked for.' }),
        accounts: z
          .array(
            z.object({
              account: z
                .string()
                .meta({ description: "The account's key, such as clearing:sandbox." }),
              name: z.string().meta({ description: 'In the chart of accounts.' }),
              currency: z.string(),
              opening: z.int().meta({ description: 'Debit less credit, in minor units.' }),
              debit: z.int().meta({ description: 'What it took, in minor units.' }),
              credit: z.int().meta({ description: 'What it gave, in minor units.' }),
              closing: z
                .int()
                .meta({ description: 'Opening and debit less credit, in minor units.' }),
            }),
          )
          .meta({ description: 'One row for each account and currency.' }),
      }),
    },
  },
  problems: ['query_invalid'],
  async run({ query }, { database, books }) {
    const rows = await trialBalanceOf(database, daysOf(query.period));
    const accounts = representAccounts(rows, books.chart);
    return { status: 200, body: { period: query.period, accounts } };
  },
});

export const getBooksExport = defineRoute({
  operationId: 'exportBooks',
  method: 'get',
  path: '/v1/books/export',
  scope: 'ops',
  summary:
    'Export the entries of a month or day: CSV, or plain-text accounting for Beancount and hledger',
  query: z.strictObject({
    period,
    format: z
      .enum(EXPORT_FORMATS, `must be one of ${EXPORT_FORMATS.join(', ')}`)
      .default('csv')
      .meta({ description: 'In which format.' }),
    accounts: z.enum(['true', 'false'], 'must be true or false').default('true').meta({
      description: 'Whether it opens its accounts; false for all but one of several exports.',
    }),
  }),
  answers: { 200: { description: 'The entries, in their order.', contentType: 'text/plain' } },
  problems: ['query_invalid'],
  async run({ query }, { database, books: { chart } }) {
    const { format } = query;
    const days = daysOf(query.period);
    const accounts = query.accounts === 'true' ? await accountsOf(database, days) : [];
    const texts = exportTexts(bookEntries(database, days), { format, chart, accounts });
    return {
      status: 200,
      body: Readable.from(texts, { objectMode: false }),
      headers: exportHeaders(format, `books-${query.period}`),
    };
  },
});

export const checkTheBooks = defineRoute({
  operationId: 'checkBooks',
  method: 'post',
  path: '/v1/books/check',
  scope: 'ops',
  summary: 'Hold the books against the orders’ ledgers and the gateways’ lines',
  body: z.strictObject({}),
  answers: {
    200: {
      description: 'What was found; nothing where they agree.',
      schema: z.object({
        findings: z
          .array(
            z.object({
              check: z.string().meta({ description: 'Which check found it.' }),
              subject: z
                .string()
                .meta({ description: 'The account, order or entry that it is about.' }),
              detail: z.string().meta({ description: 'What does not agree.' }),
            }),
          )
          .meta({ description: 'One for each thing that does not agree.' }),
      }),
    },
  },
  problems: [],
  async run(_request, { database, books }) {
    // What orders have posted since a line was judged is no fault of the books.
    for (const gateway of await reportedGateways(database))
      await judgeAgain(database, gateway, books.terms);
    return { status: 200, body: { findings: await checkBooks(database) } };
  },
});
