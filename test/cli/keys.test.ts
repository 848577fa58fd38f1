import { describe, expect } from 'vitest';
import { CANARY, expectNoSecret, formsOf } from '../support/canary.js';
import type { Reply } from '../support/scripted-server.js';
import { echo, says } from './echo.js';
import { test } from './test.js';

const FORMS = formsOf(CANARY);

describe.concurrent('a key is written nowhere', () => {
  test.for(['live', 'record'])(
    'though the server hands it back in answers, errors and headers: %s',
    async (mode, { echoProject }) => {
      const message = `Incorrect API key provided: ${FORMS.join(' ')}`;
      const replies: Record<string, Reply> = {
        c02: {
          status: 400,
          headers: { 'x-request-id': CANARY },
          json: { error: { message, type: 'invalid_request_error', code: CANARY } },
        },
        c03: { ...says(FORMS.join('\n')), headers: { 'content-type': 'application/json', 'set-cookie': CANARY } },
        c04: { headers: { 'content-type': 'application/json' }, body: `{ "not json": ${CANARY}` },
      };
      const made = await echoProject({
        cases: 5,
        provider: 'apiKeyEnv: LOCAL_KEY',
        // Malformed JSON is asked for again: once is enough here.
        script: (seen, id) => (id === 'c04' && seen.index > 4 ? echo(seen) : replies[id]),
      });
      const outcome = await made.evaluate(['--mode', mode], { env: { LOCAL_KEY: CANARY } });
      expect(made.server.requests.map((seen) => seen.headers.authorization)).toContain(`Bearer ${CANARY}`);
      expect(outcome.report?.trials).toMatchObject({ completed: 4, errored: 1 });
      expectNoSecret(made, outcome);
      expect(made.read('reports/report.json')).toContain('[redacted]');
    },
  );

  test('though it is refused with 401, which names it, and all there is to log is logged', async ({ echoProject }) => {
    const made = await echoProject({
      provider: 'apiKeyEnv: LOCAL_KEY',
      script: () => ({
        status: 401,
        json: { error: { message: `Incorrect API key provided: ${CANARY}.`, code: 'invalid_api_key' } },
      }),
    });
    const env = { LOCAL_KEY: CANARY, OPENAI_LOG: 'debug', DEBUG: '*' };
    const outcome = await made.evaluate(['--mode', 'live', '--json'], { env });
    expect(outcome.code).toBe(3);
    expectNoSecret(made, outcome);
  });

  test('that is missing is told before anything is called', async ({ project }) => {
    const made = project({
      'assay.config.yaml': 'models: [openai:gpt-5-mini, anthropic:claude-x]',
      'evals/echo.prompt.md': '{{text}}',
      'evals/echo.cases.yaml': ['cases: [{ vars: { text: x }, assert: [{ type: contains, value: x }] }]'],
    });
    const { code, stderr } = await made.assay(['eval', '--mode', 'live']);
    expect(code).toBe(2);
    for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY']) expect(stderr).toContain(`needs ${name}`);
  });

  test('is read from the environment or --env-file; no file is loaded by itself', async ({ echoProject }) => {
    const files = { '.env': [`LOCAL_KEY=${CANARY}`], 'keys.env': [`LOCAL_KEY=${CANARY}`] };
    const made = await echoProject({ cases: 1, provider: 'apiKeyEnv: LOCAL_KEY', files });
    await made.evaluate();
    await made.evaluate(['--mode', 'live', '--env-file', 'keys.env']);
    const sent = made.server.requests.map((seen) => seen.headers.authorization);
    expect(sent).toEqual(['Bearer no-key', `Bearer ${CANARY}`]);
    made.server.forget();
    // Node 20 looks for the file of any --env-file itself, and ends with a code of its own when there is none.
    expect([2, 9]).toContain((await made.evaluate(['--mode', 'live', '--env-file', 'none.env'])).code);
    expect(made.server.requests).toEqual([]);
  });
});
