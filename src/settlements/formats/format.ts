/** What the reader of one format says of itself. */
import type { Row } from '../cells.ts';
import type { SettlementLine } from '../line.ts';

/** How the values of a report are to be taken; the same for all of its rows. */
export interface Clock {
  /** The zone in which the values are written, as IANA names it. */
  valueZone: string;
  /** The zone whose days the account's books have. */
  bookZone: string;
}

export interface CsvFormat {
  type: 'csv';
  id: string;
  gateway: string;
  /** The column with the gateway's id of a row. */
  idColumn: string;
  /** The zone of the values where the caller names none. */
  defaultZone: string;
  /**
   * The columns that name the zone of a row's time, the first that is filled counts, and what stands there for the
   * default zone: with anything else the caller has to name the zone. A label is no zone, as some say PST in June.
   */
  zoneLabels?: { columns: readonly string[]; ofDefault: readonly string[] };
  /** Without one of these columns it is another report. Alternatives are separated by a bar. */
  required: readonly string[];
  /** Tells it from the gateway's other reports. */
  isOne(header: ReadonlySet<string>): boolean;
  clock(header: ReadonlySet<string>, zone: string): Clock;
  read(row: Row): SettlementLine;
}

/** The gateway's API as it answers: one page, or all pages of a list in an array. */
export interface JsonFormat {
  type: 'json';
  id: string;
  gateway: string;
  /** The column with the gateway's id of a row. */
  idColumn: string;
  defaultZone: string;
  isOne(page: unknown): boolean;
  /** @throws ReportError for a list that is not whole. */
  read(pages: readonly unknown[]): Iterable<SettlementLine>;
  /** One item of the list. @param line its number, from 1 */
  readItem(item: unknown, line: number): SettlementLine;
}

export type Format = CsvFormat | JsonFormat;
