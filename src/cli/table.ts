import { hanging } from './columns.js';
import { cut, padded, rightAligned, widthOf } from '../reports/width.js';

/** How a table is laid out. */
export interface TableOptions {
  /** Which columns are numbers. */
  right?: ReadonlySet<number>;
  /** The most columns of a terminal that a line may take; by default as many as it needs. */
  width?: number;
  /** Columns that are cut where there is no room, the first one first. */
  give?: readonly number[];
  /** Columns that are left out where there is no room for the others even when these are cut, the first one first. */
  drop?: readonly number[];
}

/** A column is not cut below so many characters. */
const LEAST = 8;
const GAP = '  ';

/** Rows as lines of aligned columns, two blanks apart. Cells hold no colour. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const { right = new Set<number>() } = options;
  const all = widthsOf(rows);
  const shown = roomFor(all, options);
  const widths = fitted(all, shown, options);
  return rows.map((row) =>
    shown
      .filter((column) => column < row.length)
      .map((column) => {
        const width = widths[column] ?? 0;
        return (right.has(column) ? rightAligned : padded)(cut(row[column] ?? '', width), width);
      })
      .join(GAP)
      .trimEnd(),
  );
}

/**
 * A table whose last column is prose of anybody's: where there is no room for it, it goes on below itself.
 * @param indent blanks that will stand before each line
 * @returns an entry per row, the lines of its prose in it
 */
export function proseTable(
  rows: readonly { cells: readonly string[]; prose: string }[],
  { width, indent }: { width: number; indent: number },
): string[] {
  const cells = table(rows.map((row) => [...row.cells, '|'])).map((line) => line.slice(0, -1));
  const start = indent + Math.max(0, ...cells.map(widthOf));
  return cells.map((line, index) => `${line}${hanging(rows[index]?.prose ?? '', start, width)}`);
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  return widths;
}

/** The columns that there is room for. */
function roomFor(widths: readonly number[], { width = Number.POSITIVE_INFINITY, drop = [] }: TableOptions): number[] {
  let shown = [...widths.keys()];
  // A column that may be left out is first cut; the others are not cut to make room for it.
  const least = (column: number) => {
    const whole = widths[column] ?? 0;
    return drop.includes(column) ? Math.min(whole, LEAST) : whole;
  };
  for (const column of drop) {
    if (sumOf(shown.map(least)) <= width) break;
    shown = shown.filter((each) => each !== column);
  }
  return shown;
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
}

function fitted(
  widths: number[],
  shown: readonly number[],
  { width = Number.POSITIVE_INFINITY, give = [] }: TableOptions,
): number[] {
  let over = sumOf(shown.map((column) => widths[column] ?? 0)) - width;
  for (const column of give.filter((each) => shown.includes(each))) {
    const taken = Math.max(0, Math.min(over, (widths[column] ?? 0) - LEAST));
    widths[column] = (widths[column] ?? 0) - taken;
    over -= taken;
  }
  return widths;
}
