import type { Place, Problem } from '../vocabulary.js';

/** Mistakes in providers, models and what they are allowed. */
export const providerProblems = {
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
  'key-not-allowed': (provider: string, variable: string): Problem => ({
    code: 'key-not-allowed',
    message: `provider "${provider}" would send the value of ${variable}, which is no key of a model`,
    remedy: `If that is meant, give --allow-key ${variable} or set ASSAY_ALLOW_KEY; a config cannot allow it.`,
  }),
  'missing-key': (provider: string, names: readonly string[]): Problem => ({
    code: 'missing-key',
    message: `provider "${provider}" needs ${names.join(' or ')}, which is not set`,
    remedy: 'Set it in the environment or load a file with --env-file; in --mode replay no key is needed.',
  }),
  'unknown-provider': (provider: string, model: string, known: readonly string[], near?: string): Problem => ({
    code: 'unknown-provider',
    message: `no provider "${provider}" (model "${model}")`,
    remedy: near
      ? `Did you mean "${near}"?`
      : `Known are ${known.join(', ')}; others are configured under "providers".`,
  }),
} as const;
