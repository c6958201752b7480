/**
 * Reads a report in bounded memory, row by row, and hands each row on as a line in our words. The first thing that
 * is not as documented ends it: whoever writes the lines down takes them all back then.
 */
import { createHash } from 'node:crypto';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { Row } from './cells.ts';
import type { Clock, CsvFormat, Format } from './formats/format.ts';
import { FORMAT_IDS, JSON_FORMATS } from './formats/index.ts';
import { csvFormatOf, rowsOf } from './header.ts';
import { ReportError, type SettlementLine } from './line.ts';

/** A description may be long; a quote that is never closed would otherwise take the whole file as one cell. */
const MAX_ROW_CHARACTERS = 1024 * 1024;
/** Pages of an API have at most 1,000 items; this is a month of a busy shop. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
/** Texts are written in blocks of about this size, as a write per row costs more than the row. */
const BLOCK_CHARACTERS = 64 * 1024;
const NEWLINE = 0x0a;

export interface ReadOptions {
  /** The id of a format; found by the content where absent. */
  format?: string | undefined;
  /** The zone that the report was run in; the format's usual one where absent. */
  zone?: string | undefined;
}

export interface ReadReport extends Clock {
  format: string;
  gateway: string;
  idColumn: string;
  lines: number;
  /** Of the bytes of the file; of a fetched day, of its lines. */
  sha256: string;
  /** The days, `YYYY-MM-DD`, that it is about, where those are not its first and last line's. */
  days?: { first: string; last: string };
}

/** What takes the lines: a text for each, and where the texts go. */
export interface LineSink {
  textOf(line: SettlementLine): string;
  to: Writable;
}

/**
 * @throws ReportError at the first place that is not as the format says. Ends or destroys the sink's stream.
 */
export async function readReport(
  input: Readable,
  { format, zone }: ReadOptions,
  sink: LineSink,
): Promise<ReadReport> {
  if (zone !== undefined) checkZone(zone);
  const bytes = checkedBytes(input);
  const first = await bytes.next();
  if (first.done === true) throw new ReportError(null, null, 'the file is empty');
  const whole = chained(first.value, bytes);
  const read = {
    lines: 0,
    format: undefined as Format | undefined,
    clock: undefined as Clock | undefined,
  };
  const found = (one: Format, clock: Clock): void => {
    read.format = one;
    read.clock = clock;
  };
  const count = (line: SettlementLine): string => {
    read.lines += 1;
    return sink.textOf(line);
  };
  const hash = createHash('sha256');
  const counted = hashed(whole, hash);
  const texts = isJson(first.value)
    ? Readable.from(jsonTexts(counted, { format, zone, found, textOf: count }))
    : await csvTexts(counted, { format, zone, found, textOf: count });
  try {
    await pipeline(texts, inBlocks(), sink.to);
  } catch (error) {
    throw reportErrorOf(error);
  }
  if (read.format === undefined || read.clock === undefined || read.lines === 0)
    throw new ReportError(null, null, 'the report has no rows');
  const { id, gateway, idColumn } = read.format;
  return {
    format: id,
    gateway,
    idColumn,
    ...read.clock,
    lines: read.lines,
    sha256: hash.digest('hex'),
  };
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new ReportError(
      null,
      null,
      'the zone is none of the IANA time zone database, such as Europe/Berlin',
    );
  }
}

/** @throws ReportError where nobody named the zone, and the row's label is not that of the default. */
function checkZoneLabel({ zoneLabels, defaultZone }: CsvFormat, row: Row): void {
  const column = zoneLabels?.columns.find((name) => row.cell(name) !== '');
  if (zoneLabels === undefined || column === undefined) return;
  if (!zoneLabels.ofDefault.includes(row.cell(column)))
    throw new ReportError(
      row.line,
      column,
      `is another zone than ${defaultZone}, which is taken where none is named: name that of the account`,
    );
}

/** Whole UTF-8 that begins without a mark and ends with a line, or with a bracket where it is JSON. */
async function* checkedBytes(input: Readable): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let isFirst = true;
  let isText = false;
  let last = NEWLINE;
  let lines = 1;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    if (chunk.length === 0) continue;
    if (isFirst) {
      refuseMark(chunk);
      isText = !isJson(chunk);
    }
    isFirst = false;
    try {
      decoder.decode(chunk, { stream: true });
    } catch {
      throw new ReportError(lines, null, 'at or after this line the file is not UTF-8');
    }
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1))
      lines += 1;
    last = chunk[chunk.length - 1] ?? last;
    yield chunk;
  }
  if (isText && last !== NEWLINE)
    throw new ReportError(
      lines,
      null,
      'the file ends within this line: it is cut off, so download it again (a report that truly ends so needs one more line break)',
    );
}

function refuseMark(chunk: Buffer): void {
  const head = chunk.subarray(0, 3).toString('latin1');
  if (head === '\xef\xbb\xbf' || /^(?:\xff\xfe|\xfe\xff)/.test(head))
    throw new ReportError(
      1,
      '1',
      'the file begins with a byte-order mark: a spreadsheet program has saved it and may have changed ids and amounts, so download the report again',
    );
}

function isJson(chunk: Buffer): boolean {
  return /^\s*[[{]/.test(chunk.subarray(0, 64).toString('latin1'));
}

async function* chained(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* hashed(
  bytes: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

interface Reading {
  format: string | undefined;
  zone: string | undefined;
  found(format: Format, clock: Clock): void;
  textOf(line: SettlementLine): string;
}

async function csvTexts(
  bytes: AsyncIterable<Buffer>,
  { format: wanted, zone, found, textOf }: Reading,
): Promise<Readable> {
  let read: ((cells: readonly string[], line: number) => string) | undefined;
  const lineOf = lineNumbers();
  const parser = parse({
    max_record_size: MAX_ROW_CHARACTERS,
    skip_empty_lines: true,
    // The library's type lets a row only become another row: it has one cell then, the text.
    on_record: (cells: string[], { lines }): string[] | null => {
      const line = lineOf(cells, lines);
      if (read !== undefined) return [read(cells, line)];
      const format = csvFormatOf(cells, wanted);
      found(format, format.clock(new Set(cells), zone ?? format.defaultZone));
      const rowOf = rowsOf(cells);
      read = (cells, line) => {
        const row = rowOf(cells, line);
        if (zone === undefined) checkZoneLabel(format, row);
        return textOf(format.read(row));
      };
      return null;
    },
  });
  const source = Readable.from(bytes);
  // What ends the source too early has to reach whoever reads the parser.
  source.once('error', (error) => parser.destroy(error));
  parser.once('close', () => source.destroy());
  return source.pipe(parser);
}

/** The library counts a line break of two characters within quotation marks as two lines. */
function lineNumbers(): (cells: readonly string[], counted: number) => number {
  let before = 0;
  let twice = 0;
  return (cells, counted) => {
    if (counted - before > 1) for (const cell of cells) twice += cell.split('\r\n').length - 1;
    before = counted;
    return counted - twice;
  };
}

async function* jsonTexts(
  bytes: AsyncIterable<Buffer>,
  { format: wanted, zone, found, textOf }: Reading,
): AsyncGenerator<string[]> {
  const pages = await jsonPages(bytes);
  const format = JSON_FORMATS.find(({ id, isOne }) => pages.every(isOne) && (wanted ?? id) === id);
  if (format === undefined)
    throw new ReportError(
      null,
      null,
      `this is no list of an API that is known here (${FORMAT_IDS.join(', ')}), or it is cut off`,
    );
  found(format, { valueZone: 'UTC', bookZone: zone ?? format.defaultZone });
  for (const line of format.read(pages)) yield [textOf(line)];
}

async function jsonPages(bytes: AsyncIterable<Buffer>): Promise<readonly unknown[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MAX_JSON_BYTES)
      throw new ReportError(
        null,
        null,
        'a JSON file may have 64 MiB: send fewer pages at a time, or the CSV report',
      );
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return Array.isArray(value) ? value : [value];
  } catch {
    throw new ReportError(null, null, 'the file is not JSON: it is damaged or cut off');
  }
}

/** Joins texts, each in a list of one, to blocks. */
export function inBlocks(): Transform {
  let block = '';
  return new Transform({
    writableObjectMode: true,
    transform([text = '']: string[], _encoding, done) {
      block += text;
      if (block.length < BLOCK_CHARACTERS) return done();
      done(null, block);
      block = '';
    },
    flush(done) {
      done(null, block === '' ? undefined : block);
    },
  });
}

const CSV_REASONS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH:
    'has another number of cells than the header: the file is cut off or was edited',
  CSV_QUOTE_NOT_CLOSED: 'the file ends within quotation marks: it is cut off',
  CSV_INVALID_CLOSING_QUOTE: 'has a quotation mark in the middle of a cell: the file was edited',
  INVALID_OPENING_QUOTE: 'has a quotation mark in the middle of a cell: the file was edited',
  CSV_MAX_RECORD_SIZE: 'is longer than a row of any report: a quotation mark is missing',
};

/** The library's errors in our words: its own repeat the row. */
function reportErrorOf(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const { code, lines, column } = error as CsvError & { lines?: number; column?: number | string };
  const place =
    code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' || column === undefined
      ? null
      : columnOf(column);
  return new ReportError(
    lines ?? null,
    place,
    CSV_REASONS[code] ?? 'is not CSV as RFC 4180 has it',
  );
}

function columnOf(column: number | string): string {
  return typeof column === 'number' ? String(column + 1) : column;
}
