import { canonicalJson } from '../canonical-json.js';

/**
 * `contentHash` of hash.ts, without node:crypto: loading that takes as long as reading a prompt, and a browser has its like only on
 * pages that came over HTTPS.
 */
export function contentHash(value: unknown): string {
  return sha256(canonicalJson(value)).slice(0, 12);
}

/**
 * SHA-256 of a text in UTF-8, as hex digits. Written out without small functions: most runs of it are a process's only one, which
 * nothing optimises.
 * @param text without halves of surrogate pairs, which JSON writes as escapes
 * @see https://doi.org/10.6028/NIST.FIPS.180-4 section 6.2
 */
export function sha256(text: string): string {
  const { keys, start } = (constants ??= firstConstants());
  const words = padded(utf8(text));
  const schedule = new Int32Array(64);
  const state = Int32Array.from(start);
  for (let block = 0; block < words.length; block += 16) {
    for (let index = 0; index < 16; index += 1) schedule[index] = words[block + index] ?? 0;
    for (let index = 16; index < 64; index += 1) {
      const early = schedule[index - 15] ?? 0;
      const late = schedule[index - 2] ?? 0;
      const ofEarly = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
      const ofLate = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
      schedule[index] = (schedule[index - 16] ?? 0) + ofEarly + (schedule[index - 7] ?? 0) + ofLate;
    }
    mix(state, schedule, keys);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The 64 rounds over one block. */
function mix(state: Int32Array, schedule: Int32Array, keys: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index += 1) {
    const ofE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = h + ofE + ((e & f) ^ (~e & g)) + (keys[index] ?? 0) + (schedule[index] ?? 0);
    const ofA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = ofA + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + word;
}

/** A character for each byte. */
function utf8(text: string): string {
  if (!/[^\0-\x7F]/.test(text)) return text;
  return encodeURIComponent(text).replaceAll(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Whole blocks of 16 words: the bytes, a bit behind them, and their number in bits at the end. */
function padded(bytes: string): Int32Array {
  const words = new Int32Array(((bytes.length + 8) >> 6) * 16 + 16);
  for (let index = 0; index < bytes.length; index += 1) {
    words[index >> 2] = ((words[index >> 2] ?? 0) << 8) | bytes.charCodeAt(index);
  }
  const rest = bytes.length % 4;
  const last = bytes.length >> 2;
  words[last] = (((words[last] ?? 0) << 8) | 0x80) << (24 - rest * 8);
  words[words.length - 2] = bytes.length / 2 ** 29;
  words[words.length - 1] = bytes.length << 3;
  return words;
}

let constants: { keys: Int32Array; start: Int32Array } | undefined;

/** The first 32 bits behind the point of the cube roots of the first 64 primes, and of the square roots of the first eight. */
function firstConstants(): { keys: Int32Array; start: Int32Array } {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number += 1) if (isPrime(number)) primes.push(number);
  const bits = (root: number): number => ((root % 1) * 2 ** 32) | 0;
  return {
    keys: Int32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => bits(Math.sqrt(prime))),
  };
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) return false;
  return true;
}
