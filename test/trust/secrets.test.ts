import { describe, expect } from 'vitest';
import { CANARY, expectNoSecret, formsOf } from '../support/canary.js';
import { chatAnswer } from '../support/replies.js';
import type { Reply } from '../support/scripted-server.js';
import { casesFile, says } from '../cli/echo.js';
import { test } from '../cli/test.js';

const LIBRARY = { 'evals/e.prompt.md': '{{text}}', 'evals/e.cases.yaml': casesFile(['c01']) };

/** Provider, environment, and the secret that is in there. */
const KEYS: [string, string, Record<string, string>, string][] = [
  ['behind the scheme Bearer', 'headersEnv: { authorization: APP_AUTH }', { APP_AUTH: `Bearer ${CANARY}` }, CANARY],
  [
    'behind the scheme Basic, encoded',
    'headersEnv: { authorization: APP_AUTH }',
    { APP_AUTH: `Basic ${Buffer.from(`user:${CANARY}`).toString('base64')}` },
    CANARY,
  ],
  [
    'with quotes and signs of URLs',
    'headersEnv: { x-key: APP_KEY }',
    { APP_KEY: 'a"b\\c&d <e>/+%=' },
    'a"b\\c&d <e>/+%=',
  ],
];

describe.concurrent('a key that the server hands back is written nowhere', () => {
  test.for(KEYS)('%s', async ([, settings, env, secret], { project, startServer }) => {
    const text = `say c01: ${formsOf(secret).join(' ')}`;
    const server = await startServer(() => ({ json: { answer: text, deep: JSON.stringify({ text }) } }));
    const made = project({
      ...LIBRARY,
      'assay.config.yaml': [`providers: { app: { type: http, url: "${server.url}", ${settings} } }`, 'models: [app:m]'],
    });
    const outcome = await made.assay(['eval', '--mode', 'record'], { env });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(server.requests).toHaveLength(1);
    expectNoSecret(made, outcome, secret);
    expect(made.read('reports/report.json')).toContain('[redacted]');
  });

  test('among the headers that an SDK takes from the environment, split over the chunks of a stream', async ({
    project,
    startServer,
  }) => {
    const event = (content: string) =>
      `data: ${JSON.stringify({ ...chatAnswer(''), object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
    const halves = [CANARY.slice(0, 9), CANARY.slice(9)];
    const stop = `data: ${JSON.stringify({ ...chatAnswer(''), object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;
    const bytes = ['say c01 ', ...halves].map(event).join('') + stop;
    // Cut in the middle of the secret, too: chunks end where they like.
    const reply: Reply = {
      headers: { 'content-type': 'text/event-stream' },
      chunks: (bytes.match(/[^]{1,37}/g) ?? []).map((data) => ({ data })),
    };
    const server = await startServer(() => reply);
    const made = project({
      ...LIBRARY,
      'evals/e.prompt.md': ['---', 'parameters: { p: { stream: true }, openai: { stream: true } }', '---', '{{text}}'],
      'assay.config.yaml': ['providers: { p: { type: openai, api: chat } }', 'models: [p:m]'],
    });
    const outcome = await made.assay(['eval', '--mode', 'record'], {
      env: { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_CUSTOM_HEADERS: `x-gateway-key: ${CANARY}\nx-other: 1` },
    });
    expect(server.requests[0]?.headers['x-gateway-key']).toBe(CANARY);
    expect(outcome.code, outcome.stderr).toBe(0);
    expectNoSecret(made, outcome);
    expect(made.read('reports/report.json')).toContain('[redacted]');
  });

  test('with a line end in it', async ({ project, startServer }) => {
    const pem = [
      '-----BEGIN KEY-----',
      'MIIEvQIBADANBgkqhkiG9w0BAQEF',
      'AASCBKcwggSjAgEAAoIBAQC7VJTU',
      '-----END KEY-----',
    ];
    const server = await startServer(() => says(`say c01\n${pem.join('\n')}\n${pem[2]}`));
    const made = project({
      ...LIBRARY,
      'assay.config.yaml': [
        `providers: { p: { type: openai, baseURL: "${server.url}/v1", api: chat }, app: { type: http, url: "${server.url}", headersEnv: { x: PEM } } }`,
        'models: [p:m]',
      ],
    });
    const outcome = await made.assay(['eval', '--mode', 'record'], { env: { PEM: `${pem.join('\n')}\n` } });
    expect(outcome.code, outcome.stderr).toBe(0);
    for (const line of pem.slice(1, 3)) expectNoSecret(made, outcome, line);
  });

  test('printed by code that is allowed to run, or told by a defect', async ({ project }) => {
    const made = project({
      ...LIBRARY,
      'assay.config.yaml': [
        'providers: { p: { type: module, path: app.mjs }, other: { type: openai, baseURL: "http://127.0.0.1:9/v1", apiKeyEnv: OTHER_KEY } }',
        'models: [p:m]',
      ],
      'app.mjs': [
        'export default async () => {',
        '  void Promise.reject(new Error(`rejected with ${process.env.OTHER_KEY}`));',
        '  throw new Error(`thrown with ${process.env.OTHER_KEY}`);',
        '};',
      ],
    });
    const outcome = await made.assay(['eval', '--mode', 'live', '--allow-code'], { env: { OTHER_KEY: CANARY } });
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toMatch(/rejected with \[redacted\]/);
    expectNoSecret(made, outcome);
  });
});
