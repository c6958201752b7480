/** Settlement reports and what does not agree with them: reconcile, differences, decide, months. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command, Option } from 'commander';
import { z } from 'zod';
import { moneyText } from '../money/text.ts';
import { Refusal, UsageError } from './refusal.ts';
import type { Session } from './session.ts';
import { tableOf, visible } from './table.ts';

const monthSchema = z.object({
  month: z.string(),
  gateway: z.string(),
  lines: z.int(),
  open: z.int(),
  decided: z.int(),
  isClosed: z.boolean(),
});
const monthsSchema = z.object({ months: z.array(monthSchema) });
const matchedSchema = monthsSchema.extend({ syncedOrders: z.int() });
type Month = z.infer<typeof monthSchema>;

const importedSchema = z.object({
  isNew: z.boolean(),
  import: z.object({
    gateway: z.string(),
    format: z.string(),
    lines: z.int(),
    newLines: z.int(),
    firstDay: z.string(),
    lastDay: z.string(),
  }),
  openDifferences: z.int(),
  syncedOrders: z.int(),
});

const differenceSchema = z.object({
  id: z.string(),
  kind: z.string(),
  gateway: z.string(),
  reference: z.string(),
  orderId: z.string().nullable(),
  month: z.string(),
  expected: z.int().nullable(),
  found: z.int().nullable(),
  currency: z.string(),
  proposal: z.string(),
  state: z.string(),
  note: z.string().nullable(),
});
const differencesSchema = z.object({
  differences: z.array(differenceSchema),
  nextCursor: z.string().nullable(),
});
type Difference = z.infer<typeof differenceSchema>;

interface ReconcileOptions {
  format?: string;
  zone?: string;
  account?: string;
  acceptUnknown?: true;
  gateway?: string;
  date?: string;
}

const daySchema = z.object({
  gateway: z.string(),
  date: z.string(),
  state: z.string(),
  fetchedItems: z.int(),
  tries: z.int(),
  problem: z.string().nullable(),
  importId: z.string().nullable(),
  requestedBy: z.string(),
});
const daysSchema = z.object({ days: z.array(daySchema) });
type Day = z.infer<typeof daySchema>;

interface DaysOptions {
  gateway?: string;
  state?: string;
  limit: string;
}

interface DifferencesOptions {
  all?: true;
  month?: string;
  gateway?: string;
  order?: string;
  limit: string;
  cursor?: string;
}

export function addSettlementCommands(program: Command, session: () => Session): void {
  program
    .command('reconcile')
    .description(
      'import settlement reports of gateways, or a day from a gateway’s API, and find what does not agree; without either, judge what is open again',
    )
    .argument('[files...]', 'CSV reports, or JSON as the gateway’s API answers it')
    .option('--format <id>', 'the format, found by the header where absent')
    .option('--zone <name>', 'the time zone that the report was run in, such as Europe/Berlin')
    .option('--account <id>', 'the gateway’s account, where there are several')
    .option('--accept-unknown', 'take a file of whose payments not one is known')
    .option('--gateway <name>', 'with --date: the gateway whose API is asked')
    .option('--date <date>', 'with --gateway: the day to fetch, such as 2026-01-31')
    .action((files: string[], options: ReconcileOptions) => {
      if (options.gateway !== undefined || options.date !== undefined)
        return fetchDay(session(), files, options);
      return files.length === 0 ? match(session()) : reconcile(session(), files, options);
    });
  program
    .command('settlement-days')
    .description('list the days that were fetched from gateways’ APIs, and what came of each')
    .option('--gateway <name>', 'of this gateway only')
    .addOption(
      new Option('--state <state>', 'in this state only').choices([
        ...['requested', 'fetching', 'imported', 'failed'],
      ]),
    )
    .option('--limit <number>', 'how many, at most 200', '50')
    .action((options: DaysOptions) => days(session(), options));
  program
    .command('differences')
    .description('list what gateways report otherwise than the books have it')
    .option('--all', 'also those that are decided or resolved')
    .option('--month <month>', 'of a month such as 2026-01 only')
    .option('--gateway <name>', 'of this gateway only')
    .option('--order <id>', 'of this order only')
    .option('--limit <number>', 'how many, at most 200', '50')
    .option('--cursor <text>', 'go on where an earlier page ended')
    .action((options: DifferencesOptions) => differences(session(), options));
  program
    .command('decide')
    .description('decide a difference')
    .argument('<difference>', "the difference's id")
    .addArgument(new Argument('<decision>').choices(['accept', 'attach', 'write_off']))
    .requiredOption('--note <text>', 'why; kept with the difference')
    .option('--order <id>', 'of an attach: the order that the payment is for')
    .action((id: string, decision: string, options: { note: string; order?: string }) =>
      decide(session(), { id, decision, ...options }),
    );
  program
    .command('months')
    .description('list the months that have lines, and whether each is closed')
    .action(() => months(session()));
}

async function reconcile(
  session: Session,
  files: readonly string[],
  { acceptUnknown, ...options }: ReconcileOptions,
): Promise<void> {
  const query = queryOf({ ...options, acceptUnknown: acceptUnknown && 'true' });
  for (const file of files) await reconcileOne(session, file, query);
}

/** A large day takes minutes; after this long somebody looks for themselves. */
const LONGEST_WAIT_MS = 30 * 60_000;
const LOOK_EVERY_MS = 1_000;

async function fetchDay(
  { api, print, progress }: Session,
  files: readonly string[],
  { gateway, date, ...others }: ReconcileOptions,
): Promise<void> {
  if (gateway === undefined || date === undefined)
    throw new UsageError('--gateway and --date belong together: name both');
  if (files.length > 0 || Object.values(others).some((option) => option !== undefined))
    throw new UsageError('a day is fetched with --gateway and --date alone: leave the rest out');
  let { body } = await api.post('/v1/settlements/days', { gateway, date });
  const deadlineAt = Date.now() + LONGEST_WAIT_MS;
  const query = queryOf({ gateway, date });
  for (;;) {
    const { data: day } = daySchema.safeParse(body);
    if (day === undefined || isOver(day) || Date.now() > deadlineAt) break;
    progress(`${gateway} ${date}: ${day.fetchedItems} lines fetched`);
    await sleep(LOOK_EVERY_MS);
    const listed = await api.get(`/v1/settlements/days?${query}`);
    body = daysSchema.safeParse(listed.body).data?.days[0];
  }
  progress('');
  print(body, daySchema, (day) => daysText([day]));
  const { data } = daySchema.safeParse(body);
  if (data?.state === 'failed') throw new Refusal(`${gateway} ${date}: ${data.problem}`);
}

function isOver({ state }: Day): boolean {
  return state === 'imported' || state === 'failed';
}

async function days({ api, print }: Session, options: DaysOptions): Promise<void> {
  const { body } = await api.get(`/v1/settlements/days?${queryOf({ ...options })}`);
  print(body, daysSchema, (found) =>
    found.days.length === 0 ? 'No day has been fetched yet.' : daysText(found.days),
  );
}

function daysText(found: readonly Day[]): string {
  const rows = found.map(({ gateway, date, state, tries, importId, requestedBy, problem }) => [
    ...[gateway, date, state, String(tries), importId ?? '-', requestedBy],
    visible(problem ?? '-'),
  ]);
  return tableOf(['gateway', 'day', 'state', 'tries', 'import', 'asked by', 'problem'], rows);
}

async function reconcileOne(
  { api, print, progress }: Session,
  file: string,
  query: URLSearchParams,
): Promise<void> {
  const name = path.basename(file);
  const { contentType, size } = await described(file);
  const contents = createReadStream(file).pipe(
    counting((bytes) => {
      const percent = Math.floor((100 * bytes) / Math.max(1, size));
      progress(`${visible(name)}: ${percent} %${percent === 100 ? ', matching' : ''}`);
    }),
  );
  const sent = api.upload(
    `/v1/settlements?${query}`,
    Readable.toWeb(contents) as ReadableStream,
    contentType,
  );
  const { body } = await sent
    .catch((error: unknown) => {
      throw error instanceof Refusal ? new Refusal(`${visible(name)}: ${error.message}`) : error;
    })
    .finally(() => progress(''));
  print(body, importedSchema, (imported) => `${visible(name)}: ${importedText(imported)}`);
}

async function described(file: string): Promise<{ contentType: string; size: number }> {
  try {
    const { size } = await stat(file);
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
      const head = buffer.subarray(0, bytesRead).toString('latin1');
      return { size, contentType: /^\s*[[{]/.test(head) ? 'application/json' : 'text/csv' };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function counting(onBytes: (bytes: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
}

function importedText({ isNew, openDifferences, ...more }: z.infer<typeof importedSchema>): string {
  const { format, lines, newLines, firstDay, lastDay, gateway } = more.import;
  const what = isNew
    ? `${newLines} new of ${lines} lines, ${firstDay} to ${lastDay} (${format})`
    : `imported before, nothing has changed (${format})`;
  const synced = more.syncedOrders === 0 ? '' : ` ${more.syncedOrders} orders were asked to sync.`;
  const open =
    openDifferences === 0
      ? `${gateway} and the books agree.`
      : `${openDifferences} open differences: payonce differences`;
  return `${what}.${synced} ${open}`;
}

async function match({ api, print }: Session): Promise<void> {
  const { body } = await api.post('/v1/settlements/match', {});
  print(body, matchedSchema, ({ syncedOrders, months: found }) => {
    const synced = syncedOrders === 0 ? '' : `${syncedOrders} orders were asked to sync.\n\n`;
    return synced + monthsText(found);
  });
}

async function months({ api, print }: Session): Promise<void> {
  const { body } = await api.get('/v1/settlements/months');
  print(body, monthsSchema, ({ months: found }) => monthsText(found));
}

function monthsText(found: readonly Month[]): string {
  if (found.length === 0) return 'No report has been imported yet.';
  const rows = found.map(({ month, gateway, lines, open: opened, decided, isClosed }) => [
    month,
    gateway,
    String(lines),
    String(opened),
    String(decided),
    isClosed ? 'closed' : 'open',
  ]);
  return tableOf(['month', 'gateway', 'lines', 'open', 'decided', 'state'], rows);
}

async function differences(
  { api, print }: Session,
  { all, order, ...page }: DifferencesOptions,
): Promise<void> {
  const query = queryOf({ ...page, orderId: order, state: all ? undefined : 'open' });
  const { body } = await api.get(`/v1/settlements/differences?${query}`);
  print(body, differencesSchema, (found) => {
    const more =
      found.nextCursor === null ? '' : `\n\nThere are more: --cursor ${found.nextCursor}`;
    return differencesText(found.differences) + more;
  });
}

async function decide(
  { api, print }: Session,
  { id, order, ...decision }: { id: string; decision: string; note: string; order?: string },
): Promise<void> {
  const path = `/v1/settlements/differences/${encodeURIComponent(id)}/decision`;
  const body = { ...decision, ...(order === undefined ? {} : { orderId: order }) };
  const reply = await api.post(path, body);
  print(reply.body, differenceSchema, (decided) => differencesText([decided]));
}

const COLUMNS = 'id,kind,gateway,reference,order,month,books,report,proposal,state,note'.split(',');

function differencesText(found: readonly Difference[]): string {
  if (found.length === 0) return 'No such differences.';
  const rows = found.map(({ expected, found: reported, currency, ...difference }) => [
    difference.id,
    difference.kind,
    difference.gateway,
    difference.reference,
    difference.orderId ?? '-',
    difference.month,
    expected === null ? '-' : moneyText(expected, currency),
    reported === null ? '-' : moneyText(reported, currency),
    difference.proposal,
    difference.state,
    difference.note ?? '-',
  ]);
  return tableOf(COLUMNS, rows);
}

function queryOf(values: Record<string, string | undefined>): URLSearchParams {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(given);
}
