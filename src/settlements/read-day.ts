/**
 * Reads what a gateway's API has listed of one day, as the same lines that a report of that day has. The same lines are
 * the same import, in whatever pages and order they came.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JsonFormat } from './formats/format.ts';
import type { SettlementLine } from './line.ts';
import { inBlocks, type LineSink, type ReadReport } from './read-report.ts';

/** One item of the list, by the gateway's id of it. */
export interface DayItem {
  data: unknown;
  /** The payout under which it was listed; null where it was listed by time. */
  payoutId: string | null;
}

export interface DayToRead {
  /** Whose books its lines are of: the format may be that of another package. */
  gateway: string;
  format: JsonFormat;
  /** The zone of the account, whose day it is. */
  zone: string;
  /** `YYYY-MM-DD` */
  day: string;
}

/**
 * @param items each id once, in an order that does not depend on how they were fetched
 * @throws ReportError at the first item that is not as the format says. Ends or destroys the sink's stream.
 */
export async function readDay(
  items: AsyncIterable<DayItem>,
  { gateway, format, zone, day }: DayToRead,
  sink: LineSink,
): Promise<ReadReport> {
  // A day without lines is an import as well, and another one than every other such day.
  const hash = createHash('sha256').update(`${gateway} ${format.id} ${day}\n`);
  let lines = 0;
  async function* texts(): AsyncGenerator<string[]> {
    for await (const { data, payoutId } of items) {
      lines += 1;
      const read = format.readItem(data, lines);
      const line: SettlementLine = { ...read, payoutId: read.payoutId ?? payoutId };
      const text = sink.textOf(line);
      hash.update(text);
      yield [text];
    }
  }
  await pipeline(Readable.from(texts()), inBlocks(), sink.to);
  return {
    format: format.id,
    gateway,
    idColumn: format.idColumn,
    valueZone: 'UTC',
    bookZone: zone,
    lines,
    sha256: hash.digest('hex'),
    days: { first: day, last: day },
  };
}
