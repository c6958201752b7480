/** The books: check, export, trial balance. */
import { type Command, Option } from 'commander';
import { z } from 'zod';
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
  { api, write }: Session,
  period: string,
  { format, accounts }: ExportOptions,
): Promise<void> {
  const query = new URLSearchParams({ period, format, accounts: String(accounts) });
  for await (const text of api.download(`/v1/books/export?${query}`)) write(text);
}

async function balance({ api, print }: Session, period: string): Promise<void> {
  const { body } = await api.get(`/v1/books/trial-balance?${new URLSearchParams({ period })}`);
  print(body, balanceSchema, ({ accounts }) => {
    if (accounts.length === 0) return 'No entry has been posted yet.';
    const rows = accounts.map(({ name, currency, opening, debit, credit, closing }) => [
      visible(name),
      currency,
      ...[opening, debit, credit, closing].map((minor) => decimalText(minor, currency)),
    ]);
    return tableOf(['account', 'currency', 'before', 'debit', 'credit', 'after'], rows);
  });
}
