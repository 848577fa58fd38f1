import { afterAll } from 'vitest';

/** A part of the matrix as it is printed when its tests are over. */
export interface Table {
  /** Runs a cell; what it comes to is shown, RED until then. */
  cell(row: string, column: string, run: () => Promise<string>): Promise<void>;
  /** Shows why a cell is not run. */
  leftOut(row: string, column: string, why: string): void;
}

/**
 * Prints a part of the matrix at the end of a test file.
 * @param rows the names of rows, and what is the matter in each
 */
export function table(title: string, rows: ReadonlyMap<string, string>, columns: readonly string[]): Table {
  const cells = new Map<string, string>();
  const key = (row: string, column: string) => JSON.stringify([row, column]);
  afterAll(() => {
    const shown = [...rows].map(([row, fault]) => [
      `${row} ${fault}`,
      ...columns.map((column) => cells.get(key(row, column)) ?? '·'),
    ]);
    console.log(`${title}\n${aligned([['', ...columns], ...shown])}`);
  });
  return {
    async cell(row, column, run) {
      cells.set(key(row, column), 'RED');
      cells.set(key(row, column), `green ${await run()}`);
    },
    leftOut(row, column, why) {
      cells.set(key(row, column), `not run: ${why}`);
    },
  };
}

function aligned(lines: readonly string[][]): string {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
