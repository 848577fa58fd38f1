import { fileProblems as problems } from '../errors/files.js';
import { UserError } from '../errors/user-error.js';
import { PIECE } from '../lists.js';

/** No row of a data set is longer: a file without line ends must not fill the memory. In UTF-16 units. */
export const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Strict UTF-8 text of a file; a byte-order mark is taken off.
 * @param path for messages
 * @throws UserError `not-utf8`, with the line of the first bad byte
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  refuseUtf16(bytes, path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (bytes.length > 2 ** 29) throw new UserError([problems['unreadable-file'](path, 'it is larger than 512 MB')]);
    if (!(error instanceof TypeError)) throw error;
    throw otherBytes(path, lineOfBadByte(bytes));
  }
}

/**
 * The lines of a stream of UTF-8 bytes, without their `\n` or `\r\n`, some together, as waiting for each costs more than to read it.
 * No line follows the last line end.
 * @throws UserError `not-utf8`, `line-too-long`
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let open = '';
  let line = 1;
  let head: Uint8Array | undefined = new Uint8Array();
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw otherBytes(path, bytes ? line - 1 + lineOfBadByte(withoutRest(bytes)) : line);
    }
  };

  for await (const chunk of chunks) {
    if (head) head = checkHead(head, chunk, path);
    const parts = decode(chunk).split('\n');
    const last = parts.length - 1;
    let lines: string[] = [];
    for (const [index, part] of parts.entries()) {
      open += part;
      if (open.length > LONGEST_LINE) {
        yield lines;
        throw new UserError([problems['line-too-long'](path, LONGEST_LINE, { file: path, line, column: 1 })]);
      }
      if (index === last) break;
      lines.push(withoutReturn(open));
      open = '';
      line += 1;
      if (lines.length === PIECE) {
        yield lines;
        lines = [];
      }
    }
    if (lines.length > 0) yield lines;
  }
  open += decode();
  if (open !== '') yield [withoutReturn(open)];
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** A stream may deliver its first two bytes one by one: they are kept until both are seen. */
function checkHead(head: Uint8Array, chunk: Uint8Array, path: string): Uint8Array | undefined {
  const start = Uint8Array.from([...head, ...chunk.subarray(0, 2)]);
  refuseUtf16(start, path);
  return start.length < 2 ? start : undefined;
}

function refuseUtf16(bytes: Uint8Array, path: string): void {
  const first = bytes[0];
  const second = bytes[1];
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UserError([problems['not-utf8'](path, 'it is UTF-16', { file: path, line: 1, column: 1 })]);
  }
}

function otherBytes(path: string, line: number): UserError {
  return new UserError([problems['not-utf8'](path, `line ${line} has other bytes`, { file: path, line, column: 1 })]);
}

/** A chunk without the rest of a character that began in the chunk before. */
function withoutRest(chunk: Uint8Array): Uint8Array {
  let start = 0;
  while (start < 3 && ((chunk[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return chunk.subarray(start);
}

function lineOfBadByte(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) break;
    start = end + 1;
  }
  return line;
}
