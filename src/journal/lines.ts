import { createReadStream } from 'node:fs';

/** Where a line's bytes lie in a file, its end not counted. */
export interface LinePlace {
  offset: number;
  length: number;
}

/** A line as it lies in a file. A last line without `\n` is not `complete`: its writer was cut off, or it never had one. */
export interface Line extends LinePlace {
  text: string;
  complete: boolean;
}

const NEWLINE = 0x0a;

/**
 * The lines of a UTF-8 file with their places in bytes, one at a time. Lines end with `\n`; a `\r` before it belongs to the
 * text. Rejects as the file system does when the file cannot be read.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let offset = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const bytes = joined(rest, chunk.subarray(start, end));
      rest = [];
      yield { text: bytes.toString('utf8'), offset, length: bytes.length, complete: true };
      offset += bytes.length + 1;
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length === 0) return;
  const bytes = Buffer.concat(rest);
  yield { text: bytes.toString('utf8'), offset, length: bytes.length, complete: false };
}

function joined(rest: readonly Buffer[], last: Buffer): Buffer {
  return rest.length === 0 ? last : Buffer.concat([...rest, last]);
}
