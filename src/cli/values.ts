import { InvalidArgumentError } from 'commander';
import type { Mode, Repeats } from '../vocabulary.js';

/** The longest delay a timer can wait for; Node fires a longer one at once. */
const LONGEST_MS = 2 ** 31 - 1;

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads `500ms`, `5s`, `2m`, `1h` into milliseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError('Write a duration such as 500ms, 5s or 2m.');
  if (ms > LONGEST_MS) throw new InvalidArgumentError('The longest duration is 596h.');
  return ms;
}

/** Reads `5` or `1..8`. */
export function repeats(text: string): Repeats {
  const [, first, last] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const min = Number(first);
  const max = last === undefined ? min : Number(last);
  if (!(min >= 1 && max >= min && max <= 1000)) {
    throw new InvalidArgumentError('Write a number from 1 to 1000, or a range such as 1..8.');
  }
  return { min, max };
}

/** Reads a whole number of at least 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 to 99999.');
  return Number(text);
}

/** Reads an amount of money, in US dollars. */
export function dollars(text: string): number {
  const usd = Number(text.replace(/^\$/, ''));
  if (!/^\$?\d+(?:\.\d+)?$/.test(text) || !(usd > 0)) throw new InvalidArgumentError('Write US dollars, such as 0.50.');
  return usd;
}

/** Reads a number of tokens: `200000`, `200k`, `2M`. */
export function tokens(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text) ?? [];
  const whole = Math.round(Number(number) * ({ k: 1e3, M: 1e6 }[unit] ?? 1));
  if (!(whole >= 1)) throw new InvalidArgumentError('Write a number of tokens, such as 200000, 200k or 2M.');
  return whole;
}

/** Reads `2/4`: the second of four shards. */
export function shard(text: string): { index: number; count: number } {
  const [, first, last] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  const index = Number(first);
  const count = Number(last);
  if (!(index <= count)) throw new InvalidArgumentError('Write which shard of how many, such as 2/4.');
  return { index, count };
}

const MODES: readonly Mode[] = ['replay', 'record', 'live'];

/** Reads a mode. */
export function mode(text: string): Mode {
  const found = MODES.find((each) => each === text);
  if (!found) throw new InvalidArgumentError('The modes are replay, record and live.');
  return found;
}

/** Collects a flag that may be given several times. */
export function several(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** Reads the name of a folder. */
export function folder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Name a folder.');
  return text;
}
