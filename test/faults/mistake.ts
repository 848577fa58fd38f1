import type { Content } from '../support/project.js';

/** One project with a mistake of input, and what should be told of it. */
export interface Mistake {
  files: Record<string, Content>;
  /** Symbolic links, by their path: what they lead to. */
  links?: Record<string, string>;
  flags?: readonly string[];
  /** Right exit code; 2 unless told otherwise. */
  code?: number;
  /** Seconds that it may take beside the usual two; none unless told otherwise. */
  within?: number;
  /** All of this is said, on either stream or in a note of the report. */
  says: readonly RegExp[];
}

/** A row: mistakes of one kind. What needs no project of its own stands in one: all mistakes are told at once. */
export interface InputRow {
  id: string;
  fault: string;
  tries: readonly Mistake[];
}

const PROMPT = { 'evals/a.prompt.md': '{{text}}' };
/** A case that an echo passes, alone and as the sound prompt's. */
export const CASE = '{ id: c1, vars: { text: x }, assert: [{ type: contains, value: x }] }';
const CASES = { 'evals/a.cases.yaml': [`cases: [${CASE}]`] };
export const CONFIG = { 'assay.config.yaml': ['models: [mock:echo]', 'mode: live'] };
/** A project without a mistake. */
export const SOUND: Record<string, Content> = { ...CONFIG, ...PROMPT, ...CASES };

/** A prompt beside the sound one, with this cases file. */
export function beside(name: string, cases: Content, extension = 'yaml'): Record<string, Content> {
  return { [`evals/${name}.prompt.md`]: '{{text}}', [`evals/${name}.cases.${extension}`]: cases };
}

/** The text of a cases file with one case. */
export function cased(assert: string, more = ''): Content {
  return [`cases: [{ id: c1, vars: { text: x }, assert: [${assert}]${more} }]`];
}
