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
  'bad-delimiters': (tag: string, place?: Place): Problem => ({
    code: 'bad-delimiters',
    message: `"${tag}" does not set two delimiters`,
    remedy: 'Write two delimiters with a space between them, e.g. {{=<% %>=}}.',
    place,
  }),
  'bad-model': (model: string): Problem => ({
    code: 'bad-model',
    message: `"${model}" is no model`,
    remedy: 'Write provider:name, e.g. openai:gpt-5-mini or mock:echo.',
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
  'bad-tag-name': (name: string, place?: Place): Problem => ({
    code: 'bad-tag-name',
    message: `"${name}" is not the name of a variable`,
    remedy:
      'Templates have names and dotted names only: no helpers, filters, quotes or spaces. To write {{ as text, set other delimiters first: {{=<% %>=}}.',
    place,
  }),
  'bad-url': (provider: string, what: string): Problem => ({
    code: 'bad-url',
    message: `the address of provider "${provider}" cannot be used: ${what}`,
    remedy: 'Write an address such as https://api.example.com/v1; keys belong into environment variables.',
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
  'empty-template': (place?: Place): Problem => ({
    code: 'empty-template',
    message: 'the prompt has no text',
    remedy: 'Write the template below the front matter.',
    place,
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
  'line-too-long': (path: string, limit: number, place?: Place): Problem => ({
    code: 'line-too-long',
    message: `a line of ${path} has more than ${limit} characters`,
    remedy: 'Data sets are read line by line: write one row per line.',
    place,
  }),
  'message-condition': (role: string, place?: Place): Problem => ({
    code: 'message-condition',
    message: `{{^${role}}} is no condition: "${role}" is the name of a message`,
    remedy: `Give the variable another name, or write {{#${role}}} for a message.`,
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
  'nested-message': (inner: string, outer: string, place?: Place): Problem => ({
    code: 'nested-message',
    message: `{{#${inner}}} stands inside {{#${outer}}}: a message cannot hold a message`,
    remedy: `Close {{/${outer}}} first.`,
    place,
  }),
  'no-message': (place?: Place): Problem => ({
    code: 'no-message',
    message: 'no message is left to send: every section that holds one is empty for these variables',
    remedy: 'Put at least one {{#user}} message outside of lists and conditions, or give the variables.',
    place,
  }),
  'no-such-file': (path: string, place?: Place): Problem => ({
    code: 'no-such-file',
    message: `there is no file ${path}`,
    remedy: 'Correct the path, or add the file.',
    place,
  }),
  'not-utf8': (path: string, found: string, place?: Place): Problem => ({
    code: 'not-utf8',
    message: `${path} is not UTF-8: ${found}`,
    remedy: 'Save it as UTF-8.',
    place,
  }),
  'outside-root': (path: string, why: string, place?: Place): Problem => ({
    code: 'outside-root',
    message: `${JSON.stringify(path)} is refused: ${why}`,
    remedy: 'Paths stay inside the git repository (without one, inside the project), also after links are resolved.',
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
  'unknown-key': (key: string, near: string | undefined, place?: Place): Problem => ({
    code: 'unknown-key',
    message: `unknown key "${key}"`,
    remedy: near ? `Did you mean "${near}"?` : 'Remove it, or see the documentation of this file for the keys it has.',
    place,
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
} as const;

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
