/** The month-end report, for programs and as a PDF. */
import { z } from 'zod';
import { endOf, isClosed, type MonthEndReport, monthEndPdf } from '../../books/month-end.ts';
import { PAPER_KINDS } from '../../store/effects/papers.ts';
import { trialBalanceOf } from '../../store/settlements/book-entries.ts';
import {
  judgeAgain,
  listDifferences,
  listMonths,
  reportedGateways,
} from '../../store/settlements/differences.ts';
import { readMonthEnd } from '../../store/settlements/month-end.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { defineRoute } from '../http/route.ts';
import { daysOf } from './period.ts';
import { representAccounts } from './represent-accounts.ts';

const query = z.strictObject({
  month: z
    .string()
    // PostgreSQL knows no year 0, and no gateway reports of the last century.
    .regex(/^[2-9]\d{3}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-01')
    .meta({ example: '2026-01', description: 'A month, of the year 2000 or later.' }),
});

/** What a person reads on one page; all of them are under /v1/settlements/differences. */
const MOST_OPEN = 200;

const minor = (description: string) => z.int().meta({ description });

const monthEndSchema = z
  .object({
    month: z.string().meta({ description: 'YYYY-MM.' }),
    isOver: z.boolean().meta({ description: 'Whether its last day is over, in UTC.' }),
    isClosed: z.boolean().meta({
      description: 'Whether it is over, its reports are in, and no difference of it is open.',
    }),
    openDifferences: minor('How many differences of it are open.'),
    missingReports: z
      .array(
        z.object({
          gateway: z.string(),
          reportedTo: z.iso.date().nullable().meta({
            description: 'The last day of any of its reports; null where there is none.',
          }),
          dueTo: z.iso.date().meta({
            description:
              'The day up to which reports have to be: the last one of the month, and the days within which a report is expected.',
          }),
          missingDays: z.array(z.iso.date()).meta({
            description:
              'Days of the month that were asked of its API and are not imported, oldest first.',
          }),
        }),
      )
      .meta({
        description:
          'Gateways at which orders have moved money in it and whose reports are not all in: it is not closed before.',
      }),
    gateways: z
      .array(
        z.object({
          gateway: z.string(),
          lines: minor('Lines of reports in it.'),
          open: minor('Differences that nobody has decided.'),
          decided: minor('Differences that somebody has decided.'),
        }),
      )
      .meta({ description: 'Every gateway that has lines or differences in it.' }),
    accounts: z
      .array(
        z.object({
          account: z.string().meta({ description: "The account's key." }),
          name: z.string().meta({ description: 'In the chart of accounts.' }),
          currency: z.string(),
          opening: minor('Debit less credit before the month, in minor units.'),
          debit: minor('What it took, in minor units.'),
          credit: minor('What it gave, in minor units.'),
          closing: minor('Opening and debit less credit, in minor units.'),
        }),
      )
      .meta({ description: 'The trial balance.' }),
    fees: z
      .array(
        z.object({
          gateway: z.string(),
          currency: z.string(),
          lines: minor('Lines of the month.'),
          fee: minor('What the gateway took, without tax, in minor units.'),
          tax: minor('Tax on it, in minor units.'),
        }),
      )
      .meta({ description: 'By gateway and currency, as its lines say.' }),
    payouts: z
      .array(
        z.object({
          gateway: z.string(),
          payoutId: z.string().meta({ description: 'The gateway’s id of it.' }),
          kind: z.enum(['sent', 'returned']).meta({ description: 'Whether it came back.' }),
          date: z.iso.date().meta({
            description:
              'When it was sent; of a gateway that does not say, the day of its last line.',
          }),
          currency: z.string(),
          amount: minor('In minor units, positive.'),
          lines: minor('Lines that it paid out; 0 where the gateway does not say which.'),
        }),
      )
      .meta({ description: 'What gateways sent to the bank, and what came back.' }),
    papers: z
      .array(
        z.object({
          kind: z.enum(PAPER_KINDS).meta({ description: 'Invoices or credit notes.' }),
          currency: z.string(),
          count: minor('How many were issued.'),
          amount: minor('Their sum in minor units.'),
          first: minor('The least number.'),
          last: minor('The greatest number.'),
        }),
      )
      .meta({ description: 'What was issued, by kind and currency.' }),
  })
  .meta({ id: 'MonthEnd' });

export const getMonthEnd = defineRoute({
  operationId: 'getMonthEnd',
  method: 'get',
  path: '/v1/books/month-end',
  scope: 'ops',
  summary: 'Get what closes a month: trial balance, open differences, fees, payouts, papers',
  query,
  answers: { 200: { description: 'The report.', schema: monthEndSchema } },
  problems: ['query_invalid'],
  async run({ query: { month } }, dependencies) {
    const report = await reportOf(dependencies, month);
    return { status: 200, body: represent(report, dependencies) };
  },
});

export const getMonthEndPdf = defineRoute({
  operationId: 'downloadMonthEnd',
  method: 'get',
  path: '/v1/books/month-end.pdf',
  scope: 'ops',
  summary: 'Get the month-end report as a document',
  query,
  answers: { 200: { description: 'The report.', contentType: 'application/pdf' } },
  problems: ['query_invalid'],
  async run({ query: { month } }, dependencies) {
    const report = await reportOf(dependencies, month);
    const { books, policy } = dependencies;
    const pdf = await monthEndPdf(report, { chart: books.chart, sellerName: policy.seller.name });
    const headers = {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="month-end-${month}.pdf"`,
    };
    return { status: 200, body: pdf, headers };
  },
});

async function reportOf(
  { database, books }: ApiDependencies,
  month: string,
): Promise<MonthEndReport> {
  // What orders have posted since a line was judged is no open difference. An import takes minutes and judges at its
  // end: a report does not wait for it, and shows what was judged before.
  for (const gateway of await reportedGateways(database))
    await judgeAgain(database, gateway, books.terms, { patienceMs: 2_000 });
  const days = daysOf(month);
  const [accounts, months, { differences }, more] = [
    await trialBalanceOf(database, days),
    await listMonths(database),
    await listDifferences(database, { state: 'open', month, limit: MOST_OPEN }),
    await readMonthEnd(database, days, books.terms),
  ];
  return {
    ...more,
    month,
    isOver: endOf(month).getTime() <= Date.now(),
    accounts,
    gateways: months.filter((one) => one.month === month),
    open: differences,
  };
}

function represent(
  report: MonthEndReport,
  { books }: ApiDependencies,
): z.infer<typeof monthEndSchema> {
  const { month, isOver, accounts, gateways, missing, fees, payouts, papers } = report;
  return {
    month,
    isOver,
    isClosed: isClosed(report),
    openDifferences: gateways.reduce((sum, { open }) => sum + open, 0),
    missingReports: missing,
    gateways: gateways.map(({ gateway, lines, open, decided }) => ({
      ...{ gateway, lines, open, decided },
    })),
    accounts: representAccounts(accounts, books.chart),
    fees: fees.map(({ feeMinor, taxMinor, ...rest }) => ({
      ...rest,
      fee: feeMinor,
      tax: taxMinor,
    })),
    payouts: payouts.map(({ day, amountMinor, ...rest }) => ({
      ...rest,
      date: day,
      amount: amountMinor,
    })),
    papers: papers.map(({ amountMinor, ...rest }) => ({ ...rest, amount: amountMinor })),
  };
}
