import { forJson } from '../trust/escape.js';

/** A value as the JSON that commands print, safe for a terminal and the log of a CI system. */
export function jsonText(value: unknown): string {
  return `${forJson(JSON.stringify(value, null, 2))}\n`;
}
