import type { Place, Problem } from '../vocabulary.js';

/** Mistakes in templates and what they include. */
export const templateProblems = {
  'bad-delimiters': (tag: string, place?: Place): Problem => ({
    code: 'bad-delimiters',
    message: `"${tag}" does not set two delimiters`,
    remedy: 'Write two delimiters with a space between them, e.g. {{=<% %>=}}.',
    place,
  }),
  'bad-tag-name': (name: string, place?: Place): Problem => ({
    code: 'bad-tag-name',
    message: `"${name}" is not the name of a variable`,
    remedy:
      'Templates have names and dotted names only: no helpers, filters, quotes or spaces. To write {{ as text, set other delimiters first: {{=<% %>=}}.',
    place,
  }),
  'circular-partial': (cycle: readonly string[], place?: Place): Problem => ({
    code: 'circular-partial',
    message: `partials include each other without end: ${cycle.join(' → ')}`,
    remedy: 'Take one of these includes out.',
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
  'merge-conflict': (place?: Place): Problem => ({
    code: 'merge-conflict',
    message: 'git left a conflict of a merge here: both sides and its markers would be sent to the model',
    remedy:
      'Keep one side, and take out the lines with <<<<<<<, ======= and >>>>>>>. Indent them where they are an example.',
    place,
  }),
  'message-condition': (role: string, place?: Place): Problem => ({
    code: 'message-condition',
    message: `{{^${role}}} is no condition: "${role}" is the name of a message`,
    remedy: `Give the variable another name, or write {{#${role}}} for a message.`,
    place,
  }),
  'missing-partial': (name: string, place?: Place): Problem => ({
    code: 'missing-partial',
    message: `there is no partial "${name}"`,
    remedy: `Add _partials/${name}.md beside the prompt or in a folder above it, or correct the name.`,
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
  'undeclared-variable': (name: string, near: string | undefined, place?: Place): Problem => ({
    code: 'undeclared-variable',
    message: `the template uses "${name}", which "input" does not declare`,
    remedy: near
      ? `Did you mean "${near}"? Else add it to the properties of "input".`
      : 'Add it to the properties of "input".',
    place,
  }),
  'unopened-section': (name: string, place?: Place): Problem => ({
    code: 'unopened-section',
    message: `{{/${name}}} closes a section that is not open here`,
    remedy: `Open it with {{#${name}}}, or remove this tag.`,
    place,
  }),
} as const;
