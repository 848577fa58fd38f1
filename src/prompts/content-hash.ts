import { canonicalJson } from '../canonical-json.js';

/**
 * `contentHash` of hash.ts, without node:crypto: loading that takes as long as reading a prompt, and a browser has its like only on
 * pages that came over HTTPS.
 */
export function contentHash(value: unknown): string {
  return sha256(canonicalJson(value)).slice(0, 12);
}

/**
 * SHA-256 of a text in UTF-8, as hex digits.
 * @param text without halves of surrogate pairs, which JSON writes as escapes
 * @see https://doi.org/10.6028/NIST.FIPS.180-4 section 6.2
 */
export function sha256(text: string): string {
  const { keys, start } = (constants ??= firstConstants());
  const words = padded(utf8(text));
  const schedule = new Int32Array(64);
  const state = Int32Array.from(start);
  for (let block = 0; block < words.length; block += 16) {
    schedule.set(words.subarray(block, block + 16));
    for (let index = 16; index < 64; index += 1) schedule[index] = scheduled(schedule, index);
    mix(state, schedule, keys);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function scheduled(schedule: Int32Array, index: number): number {
  const early = at(schedule, index - 15);
  const late = at(schedule, index - 2);
  const ofEarly = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
  const ofLate = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
  return at(schedule, index - 16) + ofEarly + at(schedule, index - 7) + ofLate;
}

/** The 64 rounds over one block. */
function mix(state: Int32Array, schedule: Int32Array, keys: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index += 1) {
    const ofE = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = h + ofE + ((e & f) ^ (~e & g)) + at(keys, index) + at(schedule, index);
    const ofA = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
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
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = at(state, index) + word;
}

function at(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

/** A word turned to the right. */
function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
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
  const view = new DataView(words.buffer);
  for (let index = 0; index < bytes.length; index += 1) view.setUint8(index, bytes.charCodeAt(index));
  view.setUint8(bytes.length, 0x80);
  for (const [index] of words.entries()) words[index] = view.getInt32(index * 4);
  words[words.length - 2] = bytes.length / 2 ** 29;
  words[words.length - 1] = bytes.length << 3;
  return words;
}

let constants: { keys: Int32Array; start: Int32Array } | undefined;

/** The first 32 bits behind the point of the cube roots of the first 64 primes, and of the square roots of the first eight. */
function firstConstants(): { keys: Int32Array; start: Int32Array } {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime > 0)) primes.push(number);
  }
  const bits = (root: number): number => ((root % 1) * 2 ** 32) | 0;
  return {
    keys: Int32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => bits(Math.sqrt(prime))),
  };
}
