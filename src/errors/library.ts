import type { Place, Problem } from '../vocabulary.js';

/** Mistakes in prompts, cases, config and baselines. */
export const libraryProblems = {
  'bad-assertion': (type: string, message: string, remedy: string, place?: Place): Problem => ({
    code: 'bad-assertion',
    message: `assertion "${type}": ${message}`,
    remedy,
    place,
  }),
  'bad-id': (id: string, why: string, place?: Place): Problem => ({
    code: 'bad-id',
    message: `${visible(id)} cannot be an id: ${why}`,
    remedy: 'Use letters, digits and - _ . ; ids appear in reports, filters and file names.',
    place,
  }),
  'bad-model-name': (name: string, place?: Place): Problem => ({
    code: 'bad-model-name',
    message: `"${name}" is no model`,
    remedy: 'Write provider:name, e.g. openai:gpt-5-mini or mock:echo.',
    place,
  }),
  'bad-path': (message: string, place?: Place): Problem => ({
    code: 'bad-path',
    message,
    remedy: 'Write a path from the root, e.g. $.queue or $.items[0].name.',
    place,
  }),
  'bad-schema': (what: string, message: string, place?: Place): Problem => ({
    code: 'bad-schema',
    message: `${what} is no valid JSON Schema: ${message}`,
    remedy: 'Correct the schema (2020-12; a "$schema" of draft-07 chooses that one). References must stay inside it.',
    place,
  }),
  'bad-transform': (message: string, remedy: string, place?: Place): Problem => ({
    code: 'bad-transform',
    message,
    remedy,
    place,
  }),
  'baseline-conflict': (place?: Place): Problem => ({
    code: 'baseline-conflict',
    message: 'the baseline has conflict markers of a merge',
    remedy: 'Take either side, run `assay accept`.',
    place,
  }),
  'baseline-version': (found: string, place?: Place): Problem => ({
    code: 'baseline-version',
    message: `the baseline has schemaVersion ${found}; this version of promptassay reads 1`,
    remedy: 'Use the version of promptassay that wrote it, or delete it and run `assay accept`.',
    place,
  }),
  'baseline-without-prompt': (stem: string, place?: Place): Problem => ({
    code: 'baseline-without-prompt',
    message: `this baseline belongs to no prompt: there is no ${stem}.prompt.md beside it`,
    remedy: 'Rename it together with its prompt, or delete it.',
    place,
  }),
  'case-without-assertion': (id: string, place?: Place): Problem => ({
    code: 'case-without-assertion',
    message: `case "${id}" checks nothing: it has no assertion that counts`,
    remedy: 'Add an assertion under "assert", or one for all cases under "defaults: { assert: [...] }".',
    place,
  }),
  'cases-without-prompt': (stem: string, place?: Place): Problem => ({
    code: 'cases-without-prompt',
    message: `these cases belong to no prompt: there is no ${stem}.prompt.md beside them`,
    remedy: 'Name the file <prompt>.cases.yaml or <prompt>.<set>.cases.yaml, beside <prompt>.prompt.md.',
    place,
  }),
  'duplicate-id': (what: 'case' | 'prompt', id: string, other: string, first: Place, place?: Place): Problem => ({
    code: 'duplicate-id',
    message:
      id === other
        ? `the ${what} id "${id}" is given twice, first at ${first.file}:${first.line}:${first.column}`
        : `the ${what} ids "${id}" and "${other}" (${first.file}:${first.line}:${first.column}) differ only in case or in how letters are encoded`,
    remedy:
      what === 'case'
        ? 'Rename one. Cases without an id get one from their variables: equal ones need ids of their own, or one is superfluous.'
        : 'Rename one.',
    place,
  }),
  'duplicate-model': (model: string, place?: Place): Problem => ({
    code: 'duplicate-model',
    message: `the model "${model}" is listed twice`,
    remedy: 'Remove one of them; "repeats" asks a model several times.',
    place,
  }),
  'chain-not-run': (path: string, place?: Place): Problem => ({
    code: 'chain-not-run',
    message: `${path} is a chain, and chains are not run yet`,
    remedy: 'Keep it outside of the library folders until they are.',
    place,
  }),
  'expected-twice': (place?: Place): Problem => ({
    code: 'expected-twice',
    message: 'there is a variable "expected" beside the expected value, so {{expected}} has two meanings',
    remedy: 'Rename the variable.',
    place,
  }),
  'input-mismatch': (message: string, place?: Place): Problem => ({
    code: 'input-mismatch',
    message: `the variables do not fit the prompt's "input": ${message}`,
    remedy: 'Correct the case, or the input schema in the front matter.',
    place,
  }),
  'misnamed-file': (path: string, near: string, place?: Place): Problem => ({
    code: 'misnamed-file',
    message: `${path} is read by nobody: no kind of file has this ending`,
    remedy: `Did you mean "${near}"?`,
    place,
  }),
  'missing-value': (type: string, orExpected: boolean, place?: Place): Problem => ({
    code: 'missing-value',
    message: `assertion "${type}" has no value${orExpected ? ', and its case no expected value' : ''}`,
    remedy: orExpected ? 'Give "value", or "expected" in the case.' : 'Give "value".',
    place,
  }),
  'no-embeddings': (model: string, place?: Place): Problem => ({
    code: 'no-embeddings',
    message: `"${model}" makes no embeddings`,
    remedy: 'Name a model that does, e.g. openai:text-embedding-3-small, or none for the local one.',
    place,
  }),
  'no-models': (prompt: string, place?: Place): Problem => ({
    code: 'no-models',
    message: `prompt "${prompt}" has no model to run`,
    remedy: 'Add "models" to the config or to the front matter, or give --model.',
    place,
  }),
  'prompt-without-cases': (prompt: string, place?: Place): Problem => ({
    code: 'prompt-without-cases',
    message: `prompt "${prompt}" has no cases`,
    remedy: 'Add a file of the same name ending in .cases.yaml beside it, with at least one case.',
    place,
  }),
  'quarantine-expired': (id: string, until: string, place?: Place): Problem => ({
    code: 'quarantine-expired',
    message: `the quarantine of case "${id}" ended on ${until}`,
    remedy: 'Mend the case and remove "quarantine", or set a later day and say why.',
    place,
  }),
  'repeats-range': (min: number, max: number, place?: Place): Problem => ({
    code: 'repeats-range',
    message: `repeats go from ${min} to ${max}: the smallest number is above the largest`,
    remedy: 'Swap them.',
    place,
  }),
  'too-few-repeats': (reducer: string, least: number, min: number, place?: Place): Problem => ({
    code: 'too-few-repeats',
    message: `the reducer ${reducer} folds ${least} repeats, but a case may get only ${min}`,
    remedy: `Set repeats, or their min, to ${least} or more, or choose another reducer.`,
    place,
  }),
  'reserved-metric': (name: string, place?: Place): Problem => ({
    code: 'reserved-metric',
    message: `"${name}" cannot be the metric of an assertion: every eval has a metric of this name`,
    remedy: 'Choose another name.',
    place,
  }),
  'takes-none': (type: string, key: string, place?: Place): Problem => ({
    code: 'takes-none',
    message: `assertion "${type}" takes no ${key}`,
    remedy: 'Remove it.',
    place,
  }),
  'unconfigured-provider': (name: string, what: string, place?: Place): Problem => ({
    code: 'unconfigured-provider',
    message: `the provider "${name}" cannot be used without settings: ${what}`,
    remedy: `Configure it: providers: { my-name: { type: ${name}, … } }, and use my-name:… as the model.`,
    place,
  }),
  'undated-judge': (model: string, place?: Place): Problem => ({
    code: 'undated-judge',
    message: `the judge "${model}" is not pinned: its name has no date, so it may change under a committed baseline`,
    remedy: 'Use a dated model id, such as one ending in -2026-01-31, -20260131 or -0131.',
    place,
  }),
  'unknown-assertion': (type: string, near: string | undefined, place?: Place): Problem => ({
    code: 'unknown-assertion',
    message: `there is no assertion "${type}"`,
    remedy: near ? `Did you mean "${near}"?` : 'See the documentation of assertions for the types there are.',
    place,
  }),
  'empty-library': (folders: readonly string[]): Problem => ({
    code: 'empty-library',
    message: `there is no prompt in ${folders.join(', ')}`,
    remedy:
      'Save one as <name>.prompt.md there, run in the folder of the project, or name its folders as `library` in assay.config.yaml.',
  }),
  'unknown-path': (path: string, near: string | undefined): Problem => ({
    code: 'unknown-path',
    message: `${path} is no prompt, and holds or serves none`,
    remedy: near
      ? `Did you mean "${near}"?`
      : 'Give a prompt, a folder of prompts, a cases file or a partial of this project.',
  }),
  'unused-variable': (name: string, near: string | undefined, place?: Place): Problem => ({
    code: 'unused-variable',
    message: `the variable "${name}" is used by no template and no assertion`,
    remedy: near ? `Did you mean "${near}"? Else remove it.` : 'Remove it, or use it.',
    place,
  }),
} as const;

/** A text in quotes with everything invisible written out. */
function visible(text: string): string {
  return JSON.stringify(text).replace(/\p{Cf}/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);
}
