import type { Outcome } from './junit-outcome.js';
import { evalName } from './words.js';
import type { ReportInput } from './report.js';

/** A whole file, in bytes: GitLab takes less than 30 MB. */
const WHOLE_FILE = 20_000_000;
/** One message, in bytes. */
export const MESSAGE = 4096;
/** From here on passed cases are left out, so that those that did not pass have room. */
const MANY_BYTES = 10_000_000;
/** Tags, indentation and attributes of one testcase with its outcome. */
const FRAME = 260;

/** Counts what goes into the file, as it will be written, and refuses what would make it too large. */
export class Room {
  #left = WHOLE_FILE - 1_000_000;
  readonly #passedToo: boolean;
  /** Testcases behind each other have it in common. */
  #last = { classname: '', bytes: 0 };

  constructor({ comparison }: Pick<ReportInput, 'comparison'>) {
    let all = 0;
    for (const evaluation of comparison.evals) {
      const classname = Buffer.byteLength(evalName(evaluation));
      for (const each of evaluation.folded) all += FRAME + classname + Buffer.byteLength(each.case);
    }
    this.#passedToo = all < MANY_BYTES;
  }

  /** @returns whether the testcase may be written; its bytes are then taken */
  take(classname: string, name: string, outcome: Outcome, important: boolean): boolean {
    if (outcome.kind === 'passed' && !important && !this.#passedToo) return false;
    const message = outcome.kind === 'passed' ? 0 : writtenBytes(outcome.message.slice(0, MESSAGE));
    const body = 'body' in outcome ? writtenBytes((outcome.body ?? '').slice(0, MESSAGE)) : 0;
    if (this.#last.classname !== classname) this.#last = { classname, bytes: writtenBytes(classname) };
    const bytes = FRAME + this.#last.bytes + writtenBytes(name) + message + body;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** Bytes of a text once it is written: markup, quotes and line breaks take up to six each. */
function writtenBytes(text: string): number {
  return Buffer.byteLength(text) + 5 * (text.match(/[&<>"\t\n\r]/g)?.length ?? 0);
}
