import { readCaseFile } from './case-file.js';
import type { Report } from './findings.js';
import { readRows } from './rows.js';
import type { Tree } from './tree.js';

/** Counts the cases of prompts without building them; prompts that run the same cases are counted once. */
export class CaseCounts {
  private readonly known = new Map<string, Promise<number | undefined>>();

  /** @param report is told why a file cannot be read */
  constructor(
    private readonly tree: Tree,
    private readonly report: Report,
  ) {}

  /** @returns how many cases stand in these files; undefined when one of them has mistakes */
  of(files: readonly string[]): Promise<number | undefined> {
    const key = files.join('\0');
    let count = this.known.get(key);
    if (!count) {
      count = this.count(files);
      this.known.set(key, count);
    }
    return count;
  }

  private async count(files: readonly string[]): Promise<number | undefined> {
    let failed = false;
    const report: Report = (problem) => {
      failed = true;
      this.report(problem);
    };
    let count = 0;
    for (const path of files) {
      const written = /\.(?:yaml|json)$/.test(path) ? readCaseFile(this.tree, path, report) : undefined;
      count += written?.count ?? 0;
      for (const rows of written ? written.from.map((each) => each.path) : [path]) {
        for await (const batch of readRows(this.tree, rows, report)) count += batch.length;
      }
    }
    return failed ? undefined : count;
  }
}
