import { nfc } from '../nfc.js';
import { readJson } from './json-value.js';
import { jsonWithin } from './json-within.js';

/**
 * A change to the output before it is checked. `before` turns the whole output into what a path looks into, and finds nothing
 * (undefined) where `json` was asked for and there is none; `after` changes each text that is checked, where there is anything to do.
 */
export type CompiledTransform =
  | { ok: true; before(text: string): string | undefined; after: Change | undefined }
  | { ok: false; message: string; remedy: string };

type Change = (text: string) => string;

const STEPS: Readonly<Record<string, (text: string) => string | undefined>> = {
  trim: (text) => text.trim(),
  lowercase: (text) => text.toLowerCase(),
  uppercase: (text) => text.toUpperCase(),
  nfc,
  'collapse-whitespace': (text) => text.replace(/\s+/g, ' '),
  'strip-punctuation': (text) => text.replace(/\p{P}/gu, ''),
  json: findJson,
};

/** The names of the steps a transform can have. */
export const transformNames: readonly string[] = Object.keys(STEPS);

/**
 * Reads a transform: one step, or several joined by `|`, from left to right. Steps up to `json` change the whole output before
 * a path looks into it; those behind it, or all where there is no `json`, change the text that is checked.
 * @param list e.g. `trim` or `json` or `nfc|lowercase|collapse-whitespace`; absent: nothing is changed
 */
export function compileTransform(list: string | undefined): CompiledTransform {
  const names = list === undefined ? [] : list.split('|').map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(STEPS, name));
  if (unknown !== undefined) {
    const remedy = `Write one of ${transformNames.join(', ')}, or several joined by "|".`;
    return { ok: false, message: `"${unknown}" is no transform`, remedy };
  }
  const split = names.lastIndexOf('json') + 1;
  const after = chain(names.slice(split));
  return {
    ok: true,
    before: chain(names.slice(0, split)),
    after: split === names.length ? undefined : (text) => after(text) ?? '',
  };
}

function chain(names: string[]): (text: string) => string | undefined {
  const steps = names.map((name) => STEPS[name]);
  return (text) => steps.reduce<string | undefined>((now, step) => (now === undefined ? now : step?.(now)), text);
}

/**
 * The JSON in a text, as text: the whole of it; else what the first fence holds that is JSON; else the first object or list
 * that reads as JSON.
 */
function findJson(text: string): string | undefined {
  if (readJson(text).ok) return text.trim();
  const parts = text.split(/^[ \t]*```.*$/m);
  const fenced = parts.find((part, index) => index % 2 === 1 && readJson(part).ok);
  return fenced === undefined ? jsonWithin(text) : fenced.trim();
}
