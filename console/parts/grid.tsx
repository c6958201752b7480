/** The one table of the console: its first column stays in sight where the others are scrolled. */
import { DataTable } from 'mantine-datatable';
import type { Key, ReactNode } from 'react';

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  /** Figures that are read down the column. */
  isAmount?: boolean;
}

interface GridProps<Row> {
  /** What it lists, for whoever cannot see what stands around it. */
  label: string;
  rows: Row[];
  keyOf: (row: Row) => Key;
  columns: readonly Column<Row>[];
}

export function Grid<Row>({ label, rows, keyOf, columns }: GridProps<Row>) {
  return (
    <DataTable
      aria-label={label}
      records={rows}
      idAccessor={keyOf}
      columns={columns.map(({ name, cell, isAmount = false }) => ({
        accessor: name,
        title: name,
        render: cell,
        ...(isAmount && { textAlign: 'right', cellsClassName: 'amount' }),
      }))}
      pinFirstColumn
      striped
      highlightOnHover
      // What scrolls has to be reached by the keyboard.
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label } }}
      // Whoever has nothing to list says so in words of its own.
      emptyState={<span />}
    />
  );
}
