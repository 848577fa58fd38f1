import { problems as make } from '../errors.js';
import { baselineSchema } from '../schemas/baseline.js';
import type { Baseline, Place } from '../vocabulary.js';
import type { Report } from './findings.js';
import { readJson } from './json.js';
import { loadText } from './load.js';
import { isObject } from '../objects.js';
import type { Tree } from './tree.js';
import { checked } from './validate.js';

const CONFLICT = /^(?:<{7} |\|{7} |={7}$|>{7} )/m;

/** The path of a prompt's baseline, beside its file. */
export function baselinePathOf(prompt: string): string {
  return prompt.replace(/\.prompt\.md$/, '.baseline.json');
}

/** Reads a committed baseline. Undefined after reporting why it cannot be used: never half of one. */
export function readBaseline(tree: Tree, path: string, report: Report): Baseline | undefined {
  const text = loadText(tree, path, report);
  return text === undefined ? undefined : parseBaseline(text, path, report);
}

/** The same of a text that is here already. */
export function parseBaseline(text: string, path: string, report: Report): Baseline | undefined {
  const conflict = CONFLICT.exec(text.replaceAll('\r', ''));
  if (conflict) {
    const line = text.replaceAll('\r', '').slice(0, conflict.index).split('\n').length;
    const place: Place = { file: path, line, column: 1 };
    report(make['baseline-conflict'](place));
    return undefined;
  }
  const read = readJson(text, { file: path });
  if ('problems' in read) {
    for (const problem of read.problems) report(problem);
    return undefined;
  }
  const { value, place } = read.source;
  if (isObject(value) && value.schemaVersion !== undefined && value.schemaVersion !== 1) {
    report(make['baseline-version'](JSON.stringify(value.schemaVersion), place(['schemaVersion'])));
    return undefined;
  }
  return checked(baselineSchema, read.source, report, 'the baseline');
}
