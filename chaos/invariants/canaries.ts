/** Canaries: secrets that the run used turn up nowhere but where they belong. */
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type pg from 'pg';
import type { Canary, CanaryPlace, Evidence, Violation } from '../evidence.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

const TABLES = `
  select table_name as name from information_schema.tables
  where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;

export const noSecretLeaks: Invariant = {
  name: 'I10 no secret leaks',
  check: async (remains: Remains) => {
    const { evidence } = remains;
    const found = [
      ...(await inLogs(evidence)),
      ...(await inDatabase(evidence)),
      ...(await inHistories(evidence)),
      ...inAnswers(remains),
    ];
    // Once per place is enough to look for the cause.
    return [...new Map(found.map((one) => [`${one.subject} ${one.detail}`, one])).values()];
  },
};

function leaksIn(text: string, canaries: readonly Canary[], place: CanaryPlace, where: string) {
  return canaries
    .filter(({ mayBeIn }) => !mayBeIn.includes(place))
    .filter((canary) => text.includes(canary.text))
    .map(({ name }): Violation => wrong(where, `${name} is in the ${place}`));
}

async function inLogs({ logFiles, canaries }: Evidence): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const file of logFiles)
    for await (const line of createInterface({ input: createReadStream(file) }))
      found.push(...leaksIn(line, canaries, 'logs', path.basename(file)));
  return found;
}

async function inDatabase({ database, canaries }: Evidence): Promise<Violation[]> {
  const tables = await database.query<{ name: string }>(TABLES);
  const found: Violation[] = [];
  for (const { name } of tables.rows)
    for (const canary of canaries)
      if (!canary.mayBeIn.includes('database') && (await isInTable(database, name, canary)))
        found.push(wrong(name, `${canary.name} is in the database`));
  return found;
}

/** Bytes are shown as hex. */
async function isInTable(database: pg.Pool, table: string, { text }: Canary): Promise<boolean> {
  const { rowCount } = await database.query(
    `select 1 from "${table}" as t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0 limit 1`,
    [text, Buffer.from(text).toString('hex')],
  );
  return rowCount !== 0;
}

async function inHistories({ historiesFolder, canaries }: Evidence): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const file of await readdir(historiesFolder)) {
    const history: unknown = JSON.parse(await readFile(path.join(historiesFolder, file), 'utf8'));
    found.push(...leaksIn(textsOf(history).join('\n'), canaries, 'histories', file));
  }
  return found;
}

/** Every text of a history, those in its payloads decoded. */
function textsOf(value: unknown, key = ''): string[] {
  if (typeof value === 'string')
    return key === 'data' ? [Buffer.from(value, 'base64').toString()] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, name));
}

function inAnswers({ operations, evidence: { canaries } }: Remains): Violation[] {
  return operations.flatMap(({ kind, request, body = '' }) =>
    leaksIn(body, canaries, 'answers', `${kind} ${request.method} ${request.path}`),
  );
}
