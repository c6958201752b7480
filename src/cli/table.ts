/** Rows as aligned columns, for people at a terminal. Scripts take --json and never this. */

const GAP = '  ';
/** Controls could move the cursor or colour the screen, and some texts here come from outside. */
const CONTROLS = /\p{Cc}/gu;

/** One line a row, the head in capitals; columns are as wide as their longest cell. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head.map((title) => title.toUpperCase()), ...rows.map((row) => row.map(visible))];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => [...(line[column] ?? '')].length)),
  );
  return lines.map((line) => lineOf(line, widths)).join('\n');
}

/** The text without what a terminal would obey. */
export function visible(text: string): string {
  return text.replaceAll(CONTROLS, '?');
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  const padded = widths.map((width, column) => (cells[column] ?? '').padEnd(width));
  return padded.join(GAP).trimEnd();
}
