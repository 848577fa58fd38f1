import type { Place, Problem } from './vocabulary.js';

/**
 * The catalogue of the user's mistakes: for each code what happened and what to do. Every problem is made here, so that its
 * words are written once and a test can read them all. `place` is always the most exact one known.
 */
export const problems = {
  'bad-allowed-host': (entry: string): Problem => ({
    code: 'bad-allowed-host',
    message: `"${entry}" is no host that can be allowed`,
    remedy: 'Write a host or host:port without scheme, path or wildcard, e.g. --allow-host api.example.com:8443.',
  }),
  'bad-assertion': (type: string, message: string, remedy: string, place?: Place): Problem => ({
    code: 'bad-assertion',
    message: `assertion "${type}": ${message}`,
    remedy,
    place,
  }),
  'bad-csv': (message: string, place?: Place): Problem => ({
    code: 'bad-csv',
    message: `this is not a table in CSV: ${message}`,
    remedy: 'Write a header line and rows of as many cells, divided by commas; quote cells that hold commas or quotes.',
    place,
  }),
  'bad-delimiters': (tag: string, place?: Place): Problem => ({
    code: 'bad-delimiters',
    message: `"${tag}" does not set two delimiters`,
    remedy: 'Write two delimiters with a space between them, e.g. {{=<% %>=}}.',
    place,
  }),
  'bad-front-matter': (line: string, place?: Place): Problem => ({
    code: 'bad-front-matter',
    message: `front matter begins with a line of three dashes, not with ${JSON.stringify(line.slice(0, 40))}`,
    remedy: 'Write --- alone on the first line and YAML below it. Nothing in a prompt file is ever run.',
    place,
  }),
  'bad-id': (id: string, why: string, place?: Place): Problem => ({
    code: 'bad-id',
    message: `${visible(id)} cannot be an id: ${why}`,
    remedy: 'Use letters, digits and - _ . ; ids appear in reports, filters and file names.',
    place,
  }),
  'bad-json': (message: string, place?: Place): Problem => ({
    code: 'bad-json',
    message: `this is not JSON: ${message}`,
    remedy: 'Correct it; JSON has no comments, no trailing commas and only double quotes.',
    place,
  }),
  'bad-model': (model: string): Problem => ({
    code: 'bad-model',
    message: `"${model}" is no model`,
    remedy: 'Write provider:name, e.g. openai:gpt-5-mini or mock:echo.',
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
  'bad-provider': (provider: string, what: string, remedy: string): Problem => ({
    code: 'bad-provider',
    message: `provider "${provider}": ${what}`,
    remedy,
  }),
  'bad-row': (what: string, remedy: string, place: Place): Problem => ({
    code: 'bad-row',
    message: what,
    remedy,
    place,
  }),
  'bad-schema': (what: string, message: string, place?: Place): Problem => ({
    code: 'bad-schema',
    message: `${what} is no valid JSON Schema: ${message}`,
    remedy: 'Correct the schema (2020-12; a "$schema" of draft-07 chooses that one). References must stay inside it.',
    place,
  }),
  'bad-tag-name': (name: string, place?: Place): Problem => ({
    code: 'bad-tag-name',
    message: `"${name}" is not the name of a variable`,
    remedy:
      'Templates have names and dotted names only: no helpers, filters, quotes or spaces. To write {{ as text, set other delimiters first: {{=<% %>=}}.',
    place,
  }),
  'bad-transform': (message: string, remedy: string, place?: Place): Problem => ({
    code: 'bad-transform',
    message,
    remedy,
    place,
  }),
  'bad-url': (provider: string, what: string): Problem => ({
    code: 'bad-url',
    message: `the address of provider "${provider}" cannot be used: ${what}`,
    remedy: 'Write an address such as https://api.example.com/v1; keys belong into environment variables.',
  }),
  'bad-variable': (name: string, value: string, remedy: string): Problem => ({
    code: 'bad-variable',
    message: `the environment variable ${name} is "${value}"`,
    remedy,
  }),
  'bad-yaml': (message: string, place?: Place): Problem => ({
    code: 'bad-yaml',
    message: `this YAML cannot be used: ${message}`,
    remedy: 'Correct it; quote text that holds ": ", " #" or begins with a special character, and indent with spaces.',
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
  'cannot-score': (type: string, what: string, remedy: string, place?: Place): Problem => ({
    code: 'cannot-score',
    message: `${type} cannot be scored: ${what}`,
    remedy,
    place,
  }),
  'cannot-write': (path: string, why: string): Problem => ({
    code: 'cannot-write',
    message: `cannot write ${path}: ${why}`,
    remedy: 'Mend that, or write somewhere else with --out <folder>; then go on with --resume.',
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
  'changed-since': (journal: string, { field, was, is }: { field: string; was: string; is: string }): Problem => ({
    code: 'changed-since',
    message: `files changed since the run in ${journal}: ${field} was ${was} and is now ${is}`,
    remedy: 'Run `assay eval` again, then accept.',
  }),
  'circular-partial': (cycle: readonly string[], place?: Place): Problem => ({
    code: 'circular-partial',
    message: `partials include each other without end: ${cycle.join(' → ')}`,
    remedy: 'Take one of these includes out.',
    place,
  }),
  'code-not-allowed': (what: string, place?: Place): Problem => ({
    code: 'code-not-allowed',
    message: `${what} runs code of this repository, and code plug-ins need --allow-code`,
    remedy: 'If you trust the code, give --allow-code or set ASSAY_ALLOW_CODE=1; a config cannot allow it.',
    place,
  }),
  'corrupt-journal': (path: string, why: string, place?: Place): Problem => ({
    code: 'corrupt-journal',
    message: `${path} is damaged: ${why}`,
    remedy: 'Run again without --resume.',
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
  'duplicate-key': (key: string, place?: Place): Problem => ({
    code: 'duplicate-key',
    message: `the key "${key}" is given twice`,
    remedy: 'Remove one of them.',
    place,
  }),
  'duplicate-model': (model: string, place?: Place): Problem => ({
    code: 'duplicate-model',
    message: `the model "${model}" is listed twice`,
    remedy: 'Remove one of them; "repeats" asks a model several times.',
    place,
  }),
  'empty-template': (place?: Place): Problem => ({
    code: 'empty-template',
    message: 'the prompt has no text',
    remedy: 'Write the template below the front matter.',
    place,
  }),
  'expected-twice': (place?: Place): Problem => ({
    code: 'expected-twice',
    message: 'there is a variable "expected" beside the expected value, so {{expected}} has two meanings',
    remedy: 'Rename the variable.',
    place,
  }),
  'filtered-run': (journal: string): Problem => ({
    code: 'filtered-run',
    message: `the run in ${journal} was filtered; a baseline is of all cases`,
    remedy: 'Run `assay eval` without --filter, then accept.',
  }),
  'forbidden-name': (name: string, place?: Place): Problem => ({
    code: 'forbidden-name',
    message: `"${name}" may not be used as a name`,
    remedy: 'Rename it: __proto__, constructor and prototype are reserved by JavaScript.',
    place,
  }),
  'host-not-allowed': (provider: string, host: string): Problem => ({
    code: 'host-not-allowed',
    message: `provider "${provider}" would send requests, and any key, to ${host}, which is not allowed`,
    remedy: `If you trust that host, give --allow-host ${host} or set ASSAY_ALLOW_HOST; a config cannot allow it.`,
  }),
  'incomplete-run': (journal: string): Problem => ({
    code: 'incomplete-run',
    message: `the run in ${journal} did not come to its end`,
    remedy: 'Finish it with `assay eval --resume`, then accept.',
  }),
  'inexact-number': (place?: Place): Problem => ({
    code: 'inexact-number',
    message: 'this number is too long to be read exactly',
    remedy: 'Put it in quotes.',
    place,
  }),
  'input-mismatch': (message: string, place?: Place): Problem => ({
    code: 'input-mismatch',
    message: `the variables do not fit the prompt's "input": ${message}`,
    remedy: 'Correct the case, or the input schema in the front matter.',
    place,
  }),
  'line-too-long': (path: string, limit: number, place?: Place): Problem => ({
    code: 'line-too-long',
    message: `a line of ${path} has more than ${limit} characters`,
    remedy: 'Data sets are read line by line: write one row per line.',
    place,
  }),
  locked: (path: string): Problem => ({
    code: 'locked',
    message: `another run is writing here: ${path} is there`,
    remedy: 'Wait until it ends. If no run is going on, delete that file.',
  }),
  'message-condition': (role: string, place?: Place): Problem => ({
    code: 'message-condition',
    message: `{{^${role}}} is no condition: "${role}" is the name of a message`,
    remedy: `Give the variable another name, or write {{#${role}}} for a message.`,
    place,
  }),
  'misnamed-file': (path: string, near: string, place?: Place): Problem => ({
    code: 'misnamed-file',
    message: `${path} is read by nobody: no kind of file has this ending`,
    remedy: `Did you mean "${near}"?`,
    place,
  }),
  'missing-key': (provider: string, names: readonly string[]): Problem => ({
    code: 'missing-key',
    message: `provider "${provider}" needs ${names.join(' or ')}, which is not set`,
    remedy: 'Set it in the environment or load a file with --env-file; in --mode replay no key is needed.',
  }),
  'missing-partial': (name: string, place?: Place): Problem => ({
    code: 'missing-partial',
    message: `there is no partial "${name}"`,
    remedy: `Add _partials/${name}.md beside the prompt or in a folder above it, or correct the name.`,
    place,
  }),
  'missing-value': (type: string, orExpected: boolean, place?: Place): Problem => ({
    code: 'missing-value',
    message: `assertion "${type}" has no value${orExpected ? ', and its case no expected value' : ''}`,
    remedy: orExpected ? 'Give "value", or "expected" in the case.' : 'Give "value".',
    place,
  }),
  'missing-variable': (names: readonly string[], places: readonly string[], place?: Place): Problem => ({
    code: 'missing-variable',
    message: `${names.map((name) => `"${name}"`).join(', ')} ${names.length === 1 ? 'is' : 'are'} missing in the variables${places.length > 0 ? `, used at ${places.join(', ')}` : ''}`,
    remedy: 'Add it to "vars", or declare in the prompt\'s "input" which variables are required.',
    place,
  }),
  'nested-message': (inner: string, outer: string, place?: Place): Problem => ({
    code: 'nested-message',
    message: `{{#${inner}}} stands inside {{#${outer}}}: a message cannot hold a message`,
    remedy: `Close {{/${outer}}} first.`,
    place,
  }),
  'no-journal': (path: string): Problem => ({
    code: 'no-journal',
    message: `there is no run: ${path} does not exist`,
    remedy: 'Run `assay eval` first, or name the folder of its reports with --out.',
  }),
  'no-message': (place?: Place): Problem => ({
    code: 'no-message',
    message: 'no message is left to send: every section that holds one is empty for these variables',
    remedy: 'Put at least one {{#user}} message outside of lists and conditions, or give the variables.',
    place,
  }),
  'no-models': (prompt: string, place?: Place): Problem => ({
    code: 'no-models',
    message: `prompt "${prompt}" has no model to run`,
    remedy: 'Add "models" to the config or to the front matter, or give --model.',
    place,
  }),
  'no-such-file': (path: string, place?: Place): Problem => ({
    code: 'no-such-file',
    message: `there is no file ${path}`,
    remedy: 'Correct the path, or add the file.',
    place,
  }),
  'not-a-plain-file': (path: string): Problem => ({
    code: 'not-a-plain-file',
    message: `${path} is not written: it is a link, a folder or a device`,
    remedy: 'Remove it, or write somewhere else with --out <folder>.',
  }),
  'not-in-run': (path: string): Problem => ({
    code: 'not-in-run',
    message: `"${path}" names no prompt of the last run`,
    remedy: 'Name a prompt, its cases or a folder that the run had, or run `assay eval` with it first.',
  }),
  'not-utf8': (path: string, found: string, place?: Place): Problem => ({
    code: 'not-utf8',
    message: `${path} is not UTF-8: ${found}`,
    remedy: 'Save it as UTF-8.',
    place,
  }),
  'other-run': (path: string, { field, was, is }: { field: string; was: string; is: string }): Problem => ({
    code: 'other-run',
    message: `the run in ${path} cannot be resumed: ${field} was ${was} and is ${is}`,
    remedy: 'Undo that change, or run without --resume to begin anew.',
  }),
  'outside-root': (path: string, why: string, place?: Place): Problem => ({
    code: 'outside-root',
    message: `${JSON.stringify(path)} is refused: ${why}`,
    remedy: 'Paths stay inside the git repository (without one, inside the project), also after links are resolved.',
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
  'recording-changed': (path: string): Problem => ({
    code: 'recording-changed',
    message: `${path} changed while it was in use`,
    remedy: 'Run again.',
  }),
  'recording-conflict': (place: Place): Problem => ({
    code: 'recording-conflict',
    message: 'a conflict marker of git stands in the recordings',
    remedy: 'Take either side or both, then run `npm run eval -- --mode record` for what is missing.',
    place,
  }),
  'repeats-range': (min: number, max: number, place?: Place): Problem => ({
    code: 'repeats-range',
    message: `repeats go from ${min} to ${max}: the smallest number is above the largest`,
    remedy: 'Swap them.',
    place,
  }),
  'required-key': (key: string, inside: string, place?: Place): Problem => ({
    code: 'required-key',
    message: `the key "${key}" is missing in ${inside}`,
    remedy: 'Add it.',
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
  'template-too-large': (what: string, place?: Place): Problem => ({
    code: 'template-too-large',
    message: `the template is too large: ${what}`,
    remedy: 'Put long texts into variables; nest fewer sections and partials.',
    place,
  }),
  'text-beside-messages': (text: string, place?: Place): Problem => ({
    code: 'text-beside-messages',
    message: `"${text}" stands beside the messages, where no model would see it`,
    remedy: 'Move it into {{#system}}, {{#user}} or {{#assistant}}, or make it a comment.',
    place,
  }),
  'too-deep': (limit: number, place?: Place): Problem => ({
    code: 'too-deep',
    message: `values are nested more than ${limit} deep`,
    remedy: 'Flatten it, or put it as text into a variable.',
    place,
  }),
  'too-large': (limit: number, place?: Place): Problem => ({
    code: 'too-large',
    message: `the file has more than ${limit} characters`,
    remedy: 'Put large sets of cases into a .jsonl or .csv file, which are read row by row.',
    place,
  }),
  'too-many-aliases': (place?: Place): Problem => ({
    code: 'too-many-aliases',
    message: 'the aliases in this file unfold to too many values',
    remedy: 'Write the values out, or use "defaults".',
    place,
  }),
  'too-many-problems': (count: number, place?: Place): Problem => ({
    code: 'too-many-problems',
    message: `${count} more problems in this file are not listed`,
    remedy: 'Mend the first ones and look again.',
    place,
  }),
  'unclosed-front-matter': (place?: Place): Problem => ({
    code: 'unclosed-front-matter',
    message: 'the front matter is not closed: no second line --- follows',
    remedy: 'Add a line --- below the last key.',
    place,
  }),
  'unclosed-section': (name: string, place?: Place): Problem => ({
    code: 'unclosed-section',
    message: `section "${name}" is not closed`,
    remedy: `Add {{/${name}}} where it ends.`,
    place,
  }),
  'unclosed-tag': (text: string, place?: Place): Problem => ({
    code: 'unclosed-tag',
    message: `the tag "${text}" is not closed`,
    remedy: 'Close it with as many braces as open it. To write {{ as text, set other delimiters first: {{=<% %>=}}.',
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
  'undeclared-variable': (name: string, near: string | undefined, place?: Place): Problem => ({
    code: 'undeclared-variable',
    message: `the template uses "${name}", which "input" does not declare`,
    remedy: near ? `Did you mean "${near}"? Else add it to the properties of "input".` : 'Add it to the properties of "input".',
    place,
  }),
  'unknown-assertion': (type: string, near: string | undefined, place?: Place): Problem => ({
    code: 'unknown-assertion',
    message: `there is no assertion "${type}"`,
    remedy: near ? `Did you mean "${near}"?` : 'See the documentation of assertions for the types there are.',
    place,
  }),
  'unknown-data-format': (path: string, place?: Place): Problem => ({
    code: 'unknown-data-format',
    message: `${path} is no data file that can be read`,
    remedy: 'Use .csv, .jsonl, .json or .yaml.',
    place,
  }),
  'unknown-key': (key: string, near: string | undefined, place?: Place): Problem => ({
    code: 'unknown-key',
    message: `unknown key "${key}"`,
    remedy: near ? `Did you mean "${near}"?` : 'Remove it, or see the documentation of this file for the keys it has.',
    place,
  }),
  'unknown-path': (path: string): Problem => ({
    code: 'unknown-path',
    message: `${path} is no prompt, and holds or serves none`,
    remedy: 'Give a prompt, a folder of prompts, a cases file or a partial; `assay list` shows the prompts.',
  }),
  'unknown-provider': (provider: string, model: string, known: readonly string[], near?: string): Problem => ({
    code: 'unknown-provider',
    message: `no provider "${provider}" (model "${model}")`,
    remedy: near
      ? `Did you mean "${near}"?`
      : `Known are ${known.join(', ')}; others are configured under "providers".`,
  }),
  'unopened-section': (name: string, place?: Place): Problem => ({
    code: 'unopened-section',
    message: `{{/${name}}} closes a section that is not open here`,
    remedy: `Open it with {{#${name}}}, or remove this tag.`,
    place,
  }),
  'unreadable-file': (path: string, why: string, place?: Place): Problem => ({
    code: 'unreadable-file',
    message: `${path} cannot be read: ${why}`,
    remedy: 'Make it a readable file, or correct the path.',
    place,
  }),
  'unreadable-recording': (why: string, place: Place): Problem => ({
    code: 'unreadable-recording',
    message: `a recording cannot be read: ${why}`,
    remedy: 'Restore the line from git, or delete it and run `npm run eval -- --mode record`.',
    place,
  }),
  'unused-variable': (name: string, near: string | undefined, place?: Place): Problem => ({
    code: 'unused-variable',
    message: `the variable "${name}" is used by no template and no assertion`,
    remedy: near ? `Did you mean "${near}"? Else remove it.` : 'Remove it, or use it.',
    place,
  }),
  'unverified-run': (reasons: readonly string[]): Problem => ({
    code: 'unverified-run',
    message: `the last run is unverified: ${reasons.join('; ')}`,
    remedy: 'Mend that and run `assay eval` again. A run that failed may be accepted, one that could not be told may not.',
  }),
  'wrong-type': (name: string, wanted: string, found: string, place?: Place): Problem => ({
    code: 'wrong-type',
    message: `${name} must be ${wanted}, not ${found}`,
    remedy: 'Correct the value.',
    place,
  }),
  'wrong-value': (name: string, what: string, near: string | undefined, place?: Place): Problem => ({
    code: 'wrong-value',
    message: `${name} ${what}`,
    remedy: near ? `Did you mean "${near}"?` : 'Correct the value.',
    place,
  }),
} as const;

/** A text in quotes with everything invisible written out. */
function visible(text: string): string {
  return JSON.stringify(text).replace(/\p{Cf}/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);
}

/** Trouble that is the user's to mend: its problems are printed one by one, and the command ends with `exitCode`. */
export class UserError extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: number;

  /**
   * @param list at least one problem
   * @param exitCode one of EXIT's; 2 unless the trouble is no mistake in a file (e.g. 3 for nothing to run)
   */
  constructor(list: readonly Problem[], exitCode = 2) {
    super(list.map((each) => each.message).join('\n'));
    this.name = 'UserError';
    this.problems = list;
    this.exitCode = exitCode;
  }
}
