/**
 * Imports a report in one transaction: its rows are copied into a staging table, checked as a whole, and only then
 * become lines. What is wrong anywhere leaves nothing behind.
 */
import type { Writable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { ReportError, type SettlementLine } from '../../settlements/line.ts';
import type { LineSink, ReadReport } from '../../settlements/read-report.ts';
import type { Database } from '../database.ts';
import { judge } from './judge.ts';
import { lockGateway, longTransaction, STATEMENT_TIMEOUT_MS } from './long-transaction.ts';
import { postBalances, postLineEntries } from './post-entries.ts';
import type { BookTerms } from './terms.ts';

export interface ImportRequest {
  /** The gateway's account; empty where unnamed. */
  account: string;
  /** Take a file of whose payments not one is known here. */
  acceptUnknown: boolean;
  /** Names the API key. */
  importedBy: string;
  terms: BookTerms;
  /** Of a fetched day: in the same transaction, before anything is read. What it throws ends the import. */
  begin?(client: pg.Client): Promise<void>;
  /** Of a fetched day: in the same transaction, when everything is posted. */
  end?(client: pg.Client, report: SettlementImport): Promise<void>;
  /** Reads the file into the sink; see `readReport`. */
  read(sink: LineSink): Promise<ReadReport>;
}

export interface SettlementImport {
  id: number;
  gateway: string;
  account: string;
  format: string;
  sha256: string;
  lines: number;
  /** Lines that no earlier file had. */
  newLines: number;
  /** `YYYY-MM-DD` in the zone of the account's books. */
  firstDay: string;
  lastDay: string;
  importedAt: Date;
}

export interface ImportResult {
  /** False where the same file was imported before; nothing has changed then. */
  isNew: boolean;
  report: SettlementImport;
}

/** From here on a plan for a small table is far slower than making statistics is. */
const MANY_LINES = 10_000;

const STAGING = `
  create temp table staging (
    file_line int, line_id text, kind text, category text, payment_id text, reference text,
    order_hint text, gross_minor bigint, fee_minor bigint, tax_minor bigint, net_minor bigint,
    currency text, customer_minor bigint, customer_currency text, payout_id text, at timestamp
  ) on commit drop`;

export const IMPORTED = `
  id, gateway, account, format, sha256, lines, new_lines as "newLines",
  first_day::text as "firstDay", last_day::text as "lastDay", imported_at as "importedAt"`;

/** @throws ReportError for whatever is wrong with the file; nothing of it is kept then. */
export function importReport(database: Database, request: ImportRequest): Promise<ImportResult> {
  return longTransaction(database, async (client) => {
    await request.begin?.(client);
    const result = await importInto(client, request);
    await request.end?.(client, result.report);
    return result;
  });
}

async function importInto(client: pg.Client, request: ImportRequest): Promise<ImportResult> {
  await client.query(STAGING);
  // An upload takes as long as it takes; whoever receives it ends one that stands still.
  await client.query('set local statement_timeout = 0');
  const stream: Writable = client.query(copyFrom('copy staging from stdin'));
  // The connection's end reaches it as well, after whoever wrote has left.
  stream.on('error', () => {});
  const report = await request.read({ textOf: copyText, to: stream });
  await client.query(`set local statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
  await client.query('analyze staging');
  await lockGateway(client, report.gateway);
  const before = await sameFile(client, request, report);
  if (before !== null) return { isNew: false, report: before };
  if (!request.acceptUnknown) await refuseUnknownPayments(client, report);
  const imported = await takeLines(client, request, report);
  await judge(client, { gateway: report.gateway, terms: request.terms, from: 'staging' });
  await postLineEntries(client, report.gateway, imported.id);
  await postBalances(client, report.gateway);
  return { isNew: true, report: imported };
}

/** One row in the text format of COPY. */
function copyText(line: SettlementLine): string {
  const cells = [
    line.fileLine,
    line.lineId,
    line.kind,
    line.category,
    line.paymentId,
    line.reference ?? line.lineId,
    line.orderHint,
    line.grossMinor,
    line.feeMinor,
    line.taxMinor,
    line.netMinor,
    line.currency,
    line.customerMinor,
    line.customerCurrency,
    line.payoutId,
    line.at,
  ];
  return `${cells.map(cellText).join('\t')}\n`;
}

/** Ids have neither tabs nor line breaks, but may have a backslash. */
function cellText(cell: string | number | null): string {
  if (cell === null) return '\\N';
  return typeof cell === 'string' && cell.includes('\\')
    ? cell.replaceAll('\\', '\\\\')
    : String(cell);
}

async function refuseRepeatedLines(client: pg.Client, { idColumn }: ReadReport): Promise<void> {
  const { rows } = await client.query<{ first: number; again: number }>(`
    select min(file_line) as first, max(file_line) as again from staging
    group by line_id having count(*) > 1 order by max(file_line) limit 1`);
  const [found] = rows;
  if (found === undefined) return;
  throw new ReportError(
    found.again,
    idColumn,
    `is that of line ${found.first} as well: a row counts once, so download the report again`,
  );
}

async function sameFile(
  client: pg.Client,
  { account }: ImportRequest,
  { gateway, sha256 }: ReadReport,
): Promise<SettlementImport | null> {
  const { rows } = await client.query<SettlementImport>(
    `select ${IMPORTED} from settlement_imports
     where gateway = $1 and account = $2 and sha256 = $3`,
    [gateway, account, sha256],
  );
  return rows[0] === undefined ? null : withNumbers(rows[0]);
}

/** Reports name neither their account nor its mode; the payments in them tell. */
async function refuseUnknownPayments(
  client: pg.Client,
  { gateway, idColumn }: ReadReport,
): Promise<void> {
  const { rows } = await client.query<{ line: number | null }>(
    `select min(file_line) as line from staging
     where kind = 'capture' and not exists (
       select from staging s
       join gateway_payments p on p.gateway = $1 and p.payment_id = s.payment_id
       where s.kind = 'capture')`,
    [gateway],
  );
  const line = rows[0]?.line ?? null;
  if (line !== null)
    throw new ReportError(
      line,
      idColumn,
      'neither its payment nor any other of the file is of an order here: the file is of another account or mode (a file of foreign payments alone is taken with acceptUnknown)',
    );
}

async function refuseOtherAccount(
  client: pg.Client,
  { account }: ImportRequest,
  { gateway, idColumn }: ReadReport,
): Promise<void> {
  const { rows } = await client.query<{ line: number }>(
    `select s.file_line as line
     from staging s
     join settlement_lines l on l.gateway = $1 and l.line_id = s.line_id
     join settlement_imports i on i.id = l.import_id
     where i.account <> $2 order by 1 limit 1`,
    [gateway, account],
  );
  if (rows[0] !== undefined)
    throw new ReportError(
      rows[0].line,
      idColumn,
      `was imported before as a line of another account: name the account that it is of, for a file with the import and for fetched days as daily.${gateway}.account in BOOKS_FILE`,
    );
}

async function refuseChangedLines(
  client: pg.Client,
  { gateway, idColumn }: ReadReport,
): Promise<void> {
  const { rows } = await client.query<{ line: number }>(
    `select s.file_line as line
     from staging s join settlement_lines l on l.gateway = $1 and l.line_id = s.line_id
     where (l.kind, l.gross_minor, l.fee_minor, l.tax_minor, l.currency)
       is distinct from (s.kind, s.gross_minor, s.fee_minor, s.tax_minor, s.currency)
     order by 1 limit 1`,
    [gateway],
  );
  if (rows[0] !== undefined)
    throw new ReportError(
      rows[0].line,
      idColumn,
      'was imported before with another type or other money: gateways never change a row, so one of the files is not genuine',
    );
}

async function takeLines(
  client: pg.Client,
  request: ImportRequest,
  report: ReadReport,
): Promise<SettlementImport> {
  const { account, importedBy } = request;
  const { gateway, format, sha256, valueZone, bookZone, lines, days } = report;
  const { rows: begun } = await client.query<{ id: string }>(
    `insert into settlement_imports
       (gateway, account, format, sha256, value_zone, book_zone, lines, new_lines, imported_by,
        first_day, last_day)
     select $1, $2, $3, $4, $5, $6, $7, 0, $8,
       coalesce($9::date, (min(at) at time zone $5 at time zone $6)::date),
       coalesce($10::date, (max(at) at time zone $5 at time zone $6)::date)
     from staging returning id`,
    [
      ...[gateway, account, format, sha256, valueZone, bookZone, lines, importedBy],
      ...[days?.first ?? null, days?.last ?? null],
    ],
  );
  const id = Number(begun[0]?.id);
  const { rowCount } = await client.query(
    `insert into settlement_lines
       (gateway, line_id, import_id, file_line, kind, category, payment_id, reference, order_hint,
        gross_minor, fee_minor, tax_minor, net_minor, currency, customer_minor, customer_currency,
        payout_id, occurred_at, day)
     select $1, line_id, $2, file_line, kind, category, payment_id, reference, order_hint,
        gross_minor, fee_minor, tax_minor, net_minor, currency, customer_minor, customer_currency,
        payout_id, at at time zone $3, (at at time zone $3 at time zone $4)::date
     from staging
     on conflict do nothing`,
    [gateway, id, valueZone, bookZone],
  );
  // Without it, the joins that follow are planned for the lines of before.
  if ((rowCount ?? 0) > MANY_LINES) await client.query('analyze settlement_lines');
  if (rowCount !== lines) {
    // Some of them were there: in this file, or in one of before.
    await refuseRepeatedLines(client, report);
    await refuseOtherAccount(client, request, report);
    await refuseChangedLines(client, report);
    await client.query(
      `update settlement_lines l set payout_id = s.payout_id from staging s
       where l.gateway = $1 and l.line_id = s.line_id
         and l.payout_id is null and s.payout_id is not null`,
      [gateway],
    );
  }
  const { rows } = await client.query<SettlementImport>(
    `update settlement_imports set new_lines = $2 where id = $1 returning ${IMPORTED}`,
    [id, rowCount ?? 0],
  );
  if (rows[0] === undefined) throw new Error(`the import ${id} is gone`);
  return withNumbers(rows[0]);
}

/** PostgreSQL's bigint comes as text. */
export function withNumbers(row: SettlementImport): SettlementImport {
  return { ...row, id: Number(row.id) };
}
