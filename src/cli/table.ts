import { padded, rightAligned, widthOf } from '../reports/width.js';

/**
 * Rows as lines of aligned columns, two blanks apart. Cells hold no colour; nothing is cut.
 * @param right which columns are numbers
 */
export function table(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (right.has(column) ? rightAligned : padded)(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
