/** The books: check, export, trial balance. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { missingText } from '../books/missing-reports.ts';
import { decimalText } from '../money/text.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { tableOf, visible } from './table.ts';

const checkedSchema = z.object({
  findings: z.array(z.object({ check: z.string(), subject: z.string(), detail: z.string() })),
});

const balanceSchema = z.object({
  period: z.string(),
  accounts: z.array(
    z.object({
      name: z.string(),
      currency: z.string(),
      opening: z.int(),
      debit: z.int(),
      credit: z.int(),
      closing: z.int(),
    }),
  ),
});

const papersSchema = z.object({
  papers: z.array(
    z.object({
      number: z.string(),
      kind: z.string(),
      orderId: z.string(),
      corrects: z.string().nullable(),
      customerId: z.string(),
      amount: z.int(),
      currency: z.string(),
      issuedAt: z.iso.datetime(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

const monthEndSchema = z.object({
  month: z.string(),
  isOver: z.boolean(),
  isClosed: z.boolean(),
  openDifferences: z.int(),
  missingReports: z.array(
    z.object({
      gateway: z.string(),
      reportedTo: z.string().nullable(),
      dueTo: z.string(),
      missingDays: z.array(z.string()),
    }),
  ),
  gateways: z.array(
    z.object({ gateway: z.string(), lines: z.int(), open: z.int(), decided: z.int() }),
  ),
  accounts: balanceSchema.shape.accounts,
  fees: z.array(
    z.object({ gateway: z.string(), currency: z.string(), fee: z.int(), tax: z.int() }),
  ),
  payouts: z.array(
    z.object({
      gateway: z.string(),
      payoutId: z.string(),
      kind: z.string(),
      date: z.string(),
      currency: z.string(),
      amount: z.int(),
      lines: z.int(),
    }),
  ),
});
type MonthEnd = z.infer<typeof monthEndSchema>;

interface ExportOptions {
  format: string;
  accounts: boolean;
}

export function addBooksCommands(program: Command, session: () => Session): void {
  const books = program
    .command('books')
    .description('the double-entry books of all orders and gateways');
  books
    .command('check')
    .description(
      'hold the books against the orders and the gateways’ lines; exit code 1 where they differ',
    )
    .action(() => check(session()));
  books
    .command('export')
    .description('print the entries of a month or day')
    .argument('<period>', 'a month such as 2026-01, or a day such as 2026-01-31')
    .addOption(
      new Option('--format <format>', 'how')
        .choices(['csv', 'beancount', 'hledger'])
        .default('csv'),
    )
    .option('--no-accounts', 'without the accounts, for all but one of several exports')
    .action((period: string, options: ExportOptions) => exported(session(), period, options));
  books
    .command('balance')
    .description('print the trial balance of a month or day')
    .argument('<period>', 'a month such as 2026-01, or a day such as 2026-01-31')
    .action((period: string) => balance(session(), period));
  books
    .command('month-end')
    .description('what closes a month: trial balance, open differences, fees and payouts')
    .argument('<month>', 'a month such as 2026-01')
    .option('--pdf <file>', 'save the report as a PDF, as this new file')
    .action((month: string, { pdf }: { pdf?: string }) =>
      pdf === undefined ? monthEnd(session(), month) : saveMonthEnd(session(), month, pdf),
    );
  books
    .command('papers')
    .description('list the invoices and credit notes of a month or day, or save them')
    .argument('<period>', 'a month such as 2026-01, or a day such as 2026-01-31')
    .option('--zip <file>', 'save them as PDFs in a ZIP with a list, as this new file')
    .action((period: string, { zip }: { zip?: string }) =>
      zip === undefined ? papers(session(), period) : savePapers(session(), period, zip),
    );
  books
    .command('e-invoice')
    .description('print an invoice or a credit note as an electronic invoice (EN 16931, UBL 2.1)')
    .argument('<number>', 'as it is printed, such as INV-000042')
    .action((number: string) =>
      printed(session(), `/v1/books/papers/${encodeURIComponent(number)}/e-invoice.xml`),
    );
}

async function check({ api, print }: Session): Promise<void> {
  const { body } = await api.post('/v1/books/check', {});
  print(body, checkedSchema, ({ findings }) => {
    if (findings.length === 0) return 'The books agree with the orders and the gateways.';
    const rows = findings.map(({ check: name, subject, detail }) => [subject, detail, name]);
    return tableOf(['what', 'is wrong', 'rule'], rows);
  });
  const { data } = checkedSchema.safeParse(body);
  if (data !== undefined && data.findings.length > 0)
    throw new Refusal(`the books do not agree: ${data.findings.length} findings`);
}

async function exported(
  session: Session,
  period: string,
  { format, accounts }: ExportOptions,
): Promise<void> {
  const query = new URLSearchParams({ period, format, accounts: String(accounts) });
  await printed(session, `/v1/books/export?${query}`);
}

/** As it comes, however long it is. */
async function printed({ api, write }: Session, path: string): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of api.download(path)) write(decoder.decode(chunk, { stream: true }));
}

async function balance({ api, print }: Session, period: string): Promise<void> {
  const { body } = await api.get(`/v1/books/trial-balance?${new URLSearchParams({ period })}`);
  print(body, balanceSchema, ({ accounts }) => accountsText(accounts));
}

function accountsText(accounts: MonthEnd['accounts']): string {
  if (accounts.length === 0) return 'No entry has been posted yet.';
  const rows = accounts.map(({ name, currency, opening, debit, credit, closing }) => [
    visible(name),
    currency,
    ...[opening, debit, credit, closing].map((minor) => decimalText(minor, currency)),
  ]);
  return tableOf(['account', 'currency', 'before', 'debit', 'credit', 'after'], rows);
}

async function monthEnd({ api, print }: Session, month: string): Promise<void> {
  const { body } = await api.get(`/v1/books/month-end?${new URLSearchParams({ month })}`);
  print(body, monthEndSchema, monthEndText);
}

function monthEndText({ accounts, fees, payouts, ...report }: MonthEnd): string {
  const { month, isOver, isClosed, openDifferences, missingReports } = report;
  const reasons = [
    ...(openDifferences === 0
      ? []
      : [`${openDifferences} open differences (payonce differences --month ${month})`]),
    ...missingReports.map(missingText),
  ];
  const open = `not closed: ${reasons.join('; ')}`;
  const state = isClosed ? 'closed' : isOver ? open : 'not over yet';
  const ofFees = fees.map(({ gateway, currency, fee, tax }) => [
    ...[gateway, currency],
    ...[fee, tax].map((minor) => decimalText(minor, currency)),
  ]);
  const ofPayouts = payouts.map(({ date, gateway, payoutId, kind, currency, amount }) => [
    ...[date, gateway, visible(payoutId), kind, currency],
    decimalText(amount, currency),
  ]);
  return [
    `${month} is ${state}.`,
    accountsText(accounts),
    ...(ofFees.length === 0 ? [] : [tableOf(['gateway', '', 'fees', 'tax'], ofFees)]),
    ...(ofPayouts.length === 0
      ? []
      : [tableOf(['day', 'gateway', 'payout', '', '', 'amount'], ofPayouts)]),
  ].join('\n\n');
}

async function papers({ api, print }: Session, period: string): Promise<void> {
  const found: z.infer<typeof papersSchema>['papers'] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ period, limit: '200', ...(cursor && { cursor }) });
    const { body } = await api.get(`/v1/books/papers?${query}`);
    const page = papersSchema.parse(body);
    found.push(...page.papers);
    cursor = page.nextCursor;
  } while (cursor !== null);
  print({ papers: found, nextCursor: null }, papersSchema, (list) => papersText(list.papers));
}

function papersText(list: z.infer<typeof papersSchema>['papers']): string {
  if (list.length === 0) return 'Nothing was issued.';
  const rows = list.map(({ number, issuedAt, orderId, customerId, amount, currency, corrects }) => [
    ...[number, issuedAt, orderId, visible(customerId)],
    ...[decimalText(amount, currency), currency, corrects ?? ''],
  ]);
  return tableOf(['number', 'issued', 'order', 'customer', 'amount', '', 'corrects'], rows);
}

async function savePapers(session: Session, period: string, file: string): Promise<void> {
  await save(session, `/v1/books/papers.zip?${new URLSearchParams({ period })}`, file);
}

async function saveMonthEnd(session: Session, month: string, file: string): Promise<void> {
  await save(session, `/v1/books/month-end.pdf?${new URLSearchParams({ month })}`, file);
}

/** An existing file is kept: it may be the month as it was sent to somebody. */
async function save({ api, print }: Session, path: string, file: string): Promise<void> {
  const target = createWriteStream(file, { flags: 'wx' });
  try {
    await pipeline(api.download(path), target);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw new Refusal(`${file} exists: name a new file, or remove it first`);
    await rm(file, { force: true });
    if (error instanceof Refusal || code === undefined) throw error;
    throw new Refusal(
      `${file} cannot be written (${String(code)}): name a file in a folder that you may write to`,
    );
  }
  print({ file }, z.object({ file: z.string() }), () => `saved as ${file}`);
}
