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
  'bad-url': (provider: string, what: string): Problem => ({
    code: 'bad-url',
    message: `the address of provider "${provider}" cannot be used: ${what}`,
    remedy: 'Write an address such as https://api.example.com/v1; keys belong into environment variables.',
  }),
  'code-not-allowed': (what: string, place?: Place): Problem => ({
    code: 'code-not-allowed',
    message: `${what} runs code of this repository, and code plug-ins need --allow-code`,
    remedy: 'If you trust the code, give --allow-code or set ASSAY_ALLOW_CODE=1; a config cannot allow it.',
    place,
  }),
  'host-not-allowed': (provider: string, host: string): Problem => ({
    code: 'host-not-allowed',
    message: `provider "${provider}" would send requests, and any key, to ${host}, which is not allowed`,
    remedy: `If you trust that host, give --allow-host ${host} or set ASSAY_ALLOW_HOST; a config cannot allow it.`,
  }),
  'missing-key': (provider: string, names: readonly string[]): Problem => ({
    code: 'missing-key',
    message: `provider "${provider}" needs ${names.join(' or ')}, which is not set`,
    remedy: 'Set it in the environment or load a file with --env-file; in --mode replay no key is needed.',
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
    remedy: near ? `Did you mean "${near}"?` : `Known are ${known.join(', ')}; others are configured under "providers".`,
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
