import type { Problem } from '../vocabulary.js';

/** Mistakes in how an application loads and renders prompts, and in how commands name them. */
export const promptProblems = {
  'a-partial': (path: string): Problem => ({
    code: 'a-partial',
    message: `"${path}" is a partial, and a model gets whole prompts only`,
    remedy: 'Name a prompt that includes it: `assay show <partial>` lists them.',
  }),
  'bad-load-argument': (name: string): Problem => ({
    code: 'bad-load-argument',
    message: `no prompt was loaded: ${name} is missing or of the wrong type`,
    remedy: "Call loadPrompt('support/triage', { root: 'app' }): the id and root are text, the options an object.",
  }),
  'bad-lock': (why: string): Problem => ({
    code: 'bad-lock',
    message: `the lock file cannot be used: ${why}`,
    remedy: 'Write it anew with `assay build`; after a merge conflict, too.',
  }),
  'bad-variables': (id: string, faults: readonly string[], input?: object): Problem => ({
    code: 'bad-variables',
    message: `the variables do not fit prompt "${id}": ${faults.join('; ')}`,
    remedy: `Give the variables that its ${input ? '`input` declares' : 'template uses'}, as JSON values; \`assay show\` prints them.`,
  }),
  'changed-lock': (id: string, version: string): Problem => ({
    code: 'changed-lock',
    message: `prompt "${id}" in the lock file is not as it was built, version ${version}: it was changed by hand`,
    remedy: 'Change the prompt itself, evaluate it, and write the lock file anew with `assay build`.',
  }),
  'no-file-system': (id: string): Problem => ({
    code: 'no-file-system',
    message: `prompt "${id}" cannot be read from files here`,
    remedy: 'Write a lock file with `assay build`, import it, and hand it over: loadPrompt(id, { lock }).',
  }),
  'not-one-prompt': (given: string, found: readonly string[]): Problem => ({
    code: 'not-one-prompt',
    message: `"${given}" names ${found.length} prompts: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}`,
    remedy: 'Name one of them, by its id or file.',
  }),
  'unknown-case': (prompt: string, id: string, near: string | undefined): Problem => ({
    code: 'unknown-case',
    message: `prompt "${prompt}" has no case "${id}"`,
    remedy: near ? `Did you mean "${near}"?` : 'Name a case by its id, as in its cases file and in reports.',
  }),
  'unknown-load-option': (id: string, names: readonly string[], known: readonly string[]): Problem => ({
    code: 'unknown-load-option',
    message: `prompt "${id}" was not loaded: there is no option ${names.map((name) => `"${name}"`).join(', ')}`,
    remedy: `The options of loadPrompt are ${known.join(', ')}: a pin that is misspelt would pin nothing.`,
  }),
  'unknown-prompt': (id: string, where: string, near: string | undefined): Problem => ({
    code: 'unknown-prompt',
    message: `there is no prompt "${id}" in ${where}`,
    remedy: near
      ? `Did you mean "${near}"?`
      : 'A prompt is named by its path below the library folder, e.g. support/triage for evals/support/triage.prompt.md.',
  }),
  'version-mismatch': (id: string, wanted: string, found: string): Problem => ({
    code: 'version-mismatch',
    message: `prompt "${id}" is version ${found}, and version ${wanted} is asked for`,
    remedy: 'Ship the version that was evaluated, or evaluate this one and ask for it.',
  }),
} as const;
