/**
 * Measures what a large settlement report costs: `npm run settlements:measure`. Imports, matches and judges a report
 * in a process of its own, and then does the same work by hand with COPY and joins. `--cores 0` holds everything on
 * one core, the database too (Linux).
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { startPostgres } from '../src/dev/postgres/postgres.ts';
import { readReport } from '../src/settlements/read-report.ts';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { countOpen } from '../src/store/settlements/differences.ts';
import { importReport } from '../src/store/settlements/import-report.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    cores: { type: 'string' },
    /** Of the process that imports, which this one starts. */
    import: { type: 'string' },
    database: { type: 'string' },
  },
});

const MIB = 1024 ** 2;
const KIB = 1024;
/** One line in so many is a refund, and one in so many is a capture that its order does not have. */
const REFUND_EACH = 10;
const MISSING_EACH = 1_000;

const HEAD =
  'balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,' +
  'description,customer_facing_amount,customer_facing_currency,automatic_payout_id,' +
  'automatic_payout_effective_at_utc,charge_id,payment_intent_id,charge_created_utc,payment_metadata[orderId]\n';

function lineOf(index: number): string {
  const of = index % REFUND_EACH === 0 ? index - 1 : index;
  const payment = `pi_${String(of).padStart(24, '0')}`;
  const time = '2026-01-26 10:00:00';
  const isRefund = index % REFUND_EACH === 0;
  const money = isRefund ? '-10.00,0.00,-10.00,refund,re' : '100.00,3.20,96.80,charge,ch';
  const customer = isRefund ? '-10.00' : '100.00';
  return (
    `txn_${String(index).padStart(24, '0')},${time},${time},usd,${money}_${String(index).padStart(24, '0')},` +
    `"Two tickets, front",${customer},usd,po_${String(index % 100).padStart(24, '0')},${time},` +
    `ch_${String(of).padStart(24, '0')},${payment},${time},\n`
  );
}

function* reportTexts(lines: number): Generator<string> {
  yield HEAD;
  for (let from = 1; from <= lines; from += 1_000) {
    let text = '';
    for (let index = from; index < from + 1_000 && index <= lines; index += 1)
      text += lineOf(index);
    yield text;
  }
}

/** Orders with what their effects have posted, written by the database itself. */
const ORDERS = `
  insert into orders (id, fingerprint, amount_minor, currency, gateway, customer_id, metadata, state, version,
    revision, ledger, view, created_at, expires_at, updated_at, closed)
  select 'ord_' || i, 'f', 10000, 'USD', 'stripe', 'cus_1', '{}', 'paid', 1, 1, '{}', '{}',
    '2026-01-26', '2026-01-27', '2026-01-26', true
  from generate_series(1, $1::int) i where i % ${REFUND_EACH} <> 0`;
const PAYMENTS = `
  insert into gateway_payments (gateway, payment_id, order_id)
  select 'stripe', 'pi_' || lpad(i::text, 24, '0'), 'ord_' || i
  from generate_series(1, $1::int) i where i % ${REFUND_EACH} <> 0`;
const POSTINGS = `
  insert into postings (key, side, account, amount_minor, currency, order_id, kind, reference, posted_at)
  select 'ord_' || i || ':' || kind, side, account, amount, 'USD', 'ord_' || i, kind, reference, '2026-01-26T10:00:00Z'
  from generate_series(1, $1::int) i, lateral (values
    ('debit', 'gateway_clearing:stripe', 10000, 'capture', 'pi_' || lpad(i::text, 24, '0')),
    ('credit', 'order_receipts', 10000, 'capture', 'pi_' || lpad(i::text, 24, '0')),
    ('debit', 'refunds_paid', 1000, 'refund', 're_' || lpad(i::text, 24, '0')),
    ('credit', 'gateway_clearing:stripe', 1000, 'refund', 're_' || lpad(i::text, 24, '0'))
  ) as side (side, account, amount, kind, reference)
  where (i % ${REFUND_EACH} = 0) = (kind = 'refund') and i % ${MISSING_EACH} <> 1`;

async function fill(url: string, lines: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Triggers look at each row; these rows are known to balance.
  await client.query('set session_replication_role = replica');
  for (const statement of [ORDERS, PAYMENTS, POSTINGS]) await client.query(statement, [lines]);
  await client.query('vacuum analyze');
  await client.end();
}

/** What somebody would write for this one report: copy it, type it, keep it, join it. */
const BY_HAND = [
  `create table hand_lines (
     line_id text primary key, at timestamptz, currency text, gross bigint, fee bigint, net bigint, kind text,
     reference text, payment_id text, payout_id text)`,
  `insert into hand_lines
   select balance_transaction_id, created_utc::timestamp at time zone 'UTC', upper(currency),
     (gross::numeric * 100)::bigint, (fee::numeric * 100)::bigint, (net::numeric * 100)::bigint,
     reporting_category, case reporting_category when 'charge' then payment_intent_id else source_id end,
     payment_intent_id, automatic_payout_id
   from hand_raw`,
  'create index on hand_lines (reference)',
  'create index on hand_lines (payout_id)',
  'create index on hand_lines (at)',
  `create table hand_differences as
   select l.reference, l.amount as found, b.amount as expected, p.order_id
   from (select reference, sum(gross) as amount, min(payment_id) as payment_id from hand_lines group by 1) l
   full join (
     select reference, min(order_id) as order_id,
       sum(case side when 'debit' then amount_minor else -amount_minor end) as amount
     from postings where account = 'gateway_clearing:stripe' group by 1
   ) b using (reference)
   left join gateway_payments p on p.gateway = 'stripe' and p.payment_id = l.payment_id
   where l.amount is distinct from b.amount`,
  `create table hand_payouts as
   select payout_id, sum(net) from hand_lines group by 1`,
  `create table hand_entries (key text primary key, debit text, credit text, amount bigint, day date)`,
  `insert into hand_entries
   select 'fee-' || line_id, 'fees', 'clearing', fee, at::date from hand_lines where fee <> 0`,
  'create index on hand_entries (day, key)',
];

/** Of Linux's clock ticks. */
const TICKS_PER_SECOND = 100;

/** Processor seconds of a PostgreSQL server: those of its processes that ended, and of those that run. */
async function serverCpuSeconds(dataDir: string): Promise<number> {
  const [found] = (await readdir(dataDir, { recursive: true })).filter((name) =>
    name.endsWith('postmaster.pid'),
  );
  const pid = Number((await readFile(path.join(dataDir, found ?? ''), 'utf8')).split('\n')[0]);
  const all = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(cpuOf),
  );
  const ticks = all.flatMap((one) => {
    if (one?.pid === pid) return [one.own + one.ended];
    return one?.parent === pid ? [one.own] : [];
  });
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

async function cpuOf(pid: string) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name in brackets may have blanks; the third field follows it.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const [own = 0, system = 0, ended = 0, endedSystem = 0] = fields.slice(11, 15);
  return { pid: Number(pid), parent, own: own + system, ended: ended + endedSystem };
}

async function byHand(url: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const startedAt = performance.now();
  await client.query('begin');
  const columns = HEAD.trim()
    .split(',')
    .map((name) => `"${name}" text`);
  await client.query(`create table hand_raw (${columns.join(', ')})`);
  const copy = client.query(copyFrom('copy hand_raw from stdin with (format csv, header)'));
  await pipeline(createReadStream(file), copy);
  for (const statement of BY_HAND) await client.query(statement);
  await client.query('commit');
  const seconds = (performance.now() - startedAt) / 1000;
  await client.end();
  return seconds;
}

/** In a process of its own, so that its memory is that of the import alone. */
async function importFile(url: string, file: string): Promise<void> {
  const database = openDatabase(url);
  const startedAt = performance.now();
  const { report } = await importReport(database, {
    account: '',
    acceptUnknown: false,
    importedBy: 'measure',
    terms: { reportedWithinDays: 7, fees: [] },
    read: (sink) => readReport(createReadStream(file), {}, sink),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const open = await countOpen(database, 'stripe');
  await database.close();
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.log(
    JSON.stringify({
      seconds,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      lines: report.newLines,
      open,
      rssMiB: (maxRSS * KIB) / MIB,
    }),
  );
}

interface Measured {
  seconds: number;
  /** Of the process; that of the server is beside it. */
  cpuSeconds: number;
  lines: number;
  open: number;
  rssMiB: number;
}

async function main(lines: number): Promise<void> {
  const { cores } = values;
  if (cores !== undefined) await execa('taskset', ['-cp', cores, String(process.pid)]);
  const folder = await mkdtemp(path.join(tmpdir(), 'payonce-settlements-'));
  const file = path.join(folder, 'report.csv');
  await pipeline(Readable.from(reportTexts(lines)), createWriteStream(file));
  const { size } = await stat(file);
  console.log(`report: ${lines} lines, ${Math.round(size / MIB)} MiB`);
  const postgres = await startPostgres({ dataDir: folder });
  try {
    await migrate(postgres.url);
    await fill(postgres.url, lines);
    const script = fileURLToPath(import.meta.url);
    const child = [script, '--import', file, '--database', postgres.url];
    const before = await serverCpuSeconds(folder);
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', ...child]);
    const between = await serverCpuSeconds(folder);
    const measured = JSON.parse(stdout) as Measured;
    const own = measured.cpuSeconds + between - before;
    console.log(
      `payonce: ${measured.seconds.toFixed(1)} s, ${own.toFixed(1)} s of processor ` +
        `(${(between - before).toFixed(1)} s of it the database), ${Math.round(measured.rssMiB)} MiB at most, ` +
        `${measured.lines} lines, ${measured.open} differences`,
    );
    const cpuBefore = process.cpuUsage();
    const hand = await byHand(postgres.url, file);
    const cpu = process.cpuUsage(cpuBefore);
    const handCpu = (await serverCpuSeconds(folder)) - between + (cpu.user + cpu.system) / 1e6;
    console.log(
      `COPY and joins by hand: ${hand.toFixed(1)} s, ${handCpu.toFixed(1)} s of processor ` +
        `(${(own / handCpu).toFixed(2)} times as much above)`,
    );
  } finally {
    await postgres.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  }
}

if (values.import !== undefined && values.database !== undefined)
  await importFile(values.database, values.import);
else await main(Number(values.lines));
process.exit();
