import { problems as make } from '../errors.js';
import type { Place, Problem } from '../vocabulary.js';

/** Most problems listed of one file: a data set with a mistake in every row must not fill the screen, or the memory. */
const MOST_PER_FILE = 100;

/** Takes a problem in. */
export type Report = (problem: Problem) => void;

/** Gathers the problems of all files, each once. */
export class Findings {
  private readonly found = new Map<string, Problem>();
  private readonly perFile = new Map<string, number>();

  readonly add: Report = (problem) => {
    const { code, message, place } = problem;
    const key = `${place?.file}:${place?.line}:${place?.column} ${code} ${message}`;
    if (this.found.has(key)) return;
    const file = place?.file ?? '';
    const count = (this.perFile.get(file) ?? 0) + 1;
    this.perFile.set(file, count);
    if (count <= MOST_PER_FILE) this.found.set(key, problem);
  };

  /** All problems by file, line and column; those without a place come first. */
  sorted(): Problem[] {
    const list = [...this.found.values()];
    for (const [file, count] of this.perFile) {
      const last = { file, line: Number.MAX_SAFE_INTEGER, column: 1 };
      if (count > MOST_PER_FILE) list.push(make['too-many-problems'](count - MOST_PER_FILE, last));
    }
    list.sort((a, b) => byPlace(a.place, b.place));
    return list.map((each) => (each.place?.line === Number.MAX_SAFE_INTEGER ? inFile(each, each.place.file) : each));
  }
}

function byPlace(a: Place | undefined, b: Place | undefined): number {
  if (!a || !b) return Number(Boolean(a)) - Number(Boolean(b));
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

function inFile(problem: Problem, file: string): Problem {
  return { ...problem, place: { file, line: 1, column: 1 } };
}
