/** The first line of a CSV report: which report it is, and where each column stands. */
import type { Row } from './cells.ts';
import type { CsvFormat } from './formats/format.ts';
import { CSV_FORMATS, FORMAT_IDS } from './formats/index.ts';
import { ReportError } from './line.ts';

/** @throws ReportError for another report's columns, and for a column that is there twice. */
export function csvFormatOf(header: readonly string[], wanted: string | undefined): CsvFormat {
  const names = new Set(header);
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ReportError(
      1,
      columnText(twice),
      'is there twice: which of them counts is not known',
    );
  const format = CSV_FORMATS.find(({ id, isOne }) =>
    wanted === undefined ? isOne(names) : id === wanted,
  );
  if (format === undefined) throw new ReportError(1, null, unknownReport(names, wanted));
  const missing = format.required.find(
    (column) => !column.split('|').some((name) => names.has(name)),
  );
  if (missing !== undefined)
    throw new ReportError(
      1,
      missing.replace('|', ' or '),
      `is missing: this is another report than ${format.id}, or was run without that column`,
    );
  return format;
}

function unknownReport(names: ReadonlySet<string>, wanted: string | undefined): string {
  if (wanted !== undefined)
    return `${wanted} is no format of a CSV report: use one of ${FORMAT_IDS.join(', ')}`;
  if (names.has('id') && names.has('Type') && names.has('Source'))
    return 'these are the columns of an export of the Stripe Dashboard, whose decimals and types vary: run the itemized balance or payout reconciliation report';
  if ([...names].some((name) => name.includes(';') || name.includes('\t')))
    return 'the columns are not separated by commas: download the report again as CSV';
  return `these are the columns of no report that is known here (${FORMAT_IDS.join(', ')})`;
}

/** A header's name where it is a plausible one; anything else is not repeated. */
function columnText(name: string): string {
  return /^[\w ()[\].:-]{1,60}$/.test(name) ? name : '(unreadable name)';
}

/** A view on the cells of one row after the other; the row object is used again. */
export function rowsOf(header: readonly string[]): (cells: readonly string[], line: number) => Row {
  const places = new Map(header.map((name, index) => [name, index]));
  let present: readonly string[] = [];
  const row: Row = {
    line: 0,
    cell(name) {
      const place = places.get(name);
      return place === undefined ? '' : (present[place] ?? '');
    },
  };
  return (cells, line) => {
    present = cells;
    row.line = line;
    return row;
  };
}
