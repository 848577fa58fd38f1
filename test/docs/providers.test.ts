import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messagesBody } from '../../src/providers/anthropic-messages.js';
import { readCompletion } from '../../src/providers/completion.js';
import { providerTypes } from '../../src/providers/map.js';
import { chatBody } from '../../src/providers/openai-chat.js';
import { responsesBody } from '../../src/providers/openai-responses.js';
import type { ProviderRequest } from '../../src/providers/provider.js';
import { parameters as parameterSchema } from '../../src/schemas/common.js';
import { configSchema } from '../../src/schemas/config.js';
import type { Json, JsonObject } from '../../src/vocabulary.js';
import { type Project, project } from '../support/project.js';
import { chatAnswer, messagesAnswer } from '../support/replies.js';
import { type ScriptedServer, startServer } from '../support/scripted-server.js';
import { codeWords, exampleFiles, members, pageText, tableOf, tablesOf } from './pages.js';
import { assay } from './run.js';

const PAGE = 'docs/providers.md';

/** A prompt and its cases for a page's config: what a reader would have beside it. */
const CASES = [
  'defaults: { assert: [{ type: equals }] }',
  'cases:',
  '  - { id: double-charge, vars: { ticket: I was charged twice }, expected: billing }',
];

/** An example of the page on disk. @param adapt changes its texts, e.g. the address of a server */
function example(name: string, more: Record<string, string | string[]> = {}, adapt = (text: string) => text): Project {
  const files = Object.entries(exampleFiles(name)).map(([path, text]) => [path, adapt(text)] as const);
  expect(files.length).toBeGreaterThan(0);
  return project({
    'evals/triage.prompt.md': '{{ticket}}',
    'evals/triage.cases.yaml': CASES,
    ...Object.fromEntries(files),
    ...more,
  });
}

/** Case → output of each model of the report. */
function outputs(report: Awaited<ReturnType<typeof assay>>['report']): Record<string, (string | undefined)[]> {
  return Object.fromEntries(
    (report?.evals ?? []).map((each) => [each.model, each.results.map(({ output, status }) => output ?? status)]),
  );
}

let server: ScriptedServer;
beforeAll(async () => {
  server = await startServer([{ json: {} }]);
});
afterAll(() => server.close());

const here = (address: string) => (text: string) => text.replace(address, server.host);

describe('the examples of the page about providers', () => {
  it('openai: two servers, each with its key', async () => {
    server.script([{ json: chatAnswer('billing') }]);
    const made = example('openai', {}, here('127.0.0.1:8080'));
    const env = { OPENAI_API_KEY: 'sk-openai-12345', OPENAI_BASE_URL: `${server.url}/v1` };
    const { code, report } = await assay(made.root, ['eval', '--mode', 'live'], env);
    expect(outputs(report)).toEqual({ 'openai:gpt-5-mini': ['billing'], 'local:llama-3.3': ['billing'] });
    expect(code).toBe(0);
    const foreign = ['eval', '--mode', 'live', '--model', 'partner:x'];
    expect((await assay(made.root, foreign, { ...env, PARTNER_KEY: 'k' })).stderr).toContain(
      '--allow-host llm.example.com',
    );
    const keyless = await assay(made.root, [...foreign, '--allow-host', 'llm.example.com'], env);
    expect(keyless).toMatchObject({ code: 2, stderr: expect.stringContaining('needs PARTNER_KEY') });
  });

  it('anthropic: a key, and a gateway that must be allowed', async () => {
    server.script([{ json: messagesAnswer('billing') }]);
    const made = example('anthropic');
    const env = { ANTHROPIC_API_KEY: 'sk-ant-12345', ANTHROPIC_BASE_URL: server.url };
    const { code, report } = await assay(made.root, ['eval', '--mode', 'live'], env);
    expect(outputs(report)).toEqual({ 'anthropic:claude-haiku-4-5': ['billing'] });
    expect(code).toBe(0);
    const gateway = await assay(made.root, ['eval', '--model', 'gateway:claude'], env);
    expect(gateway).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-host llm.example.com') });
  });

  it('parameters: each provider gets its own', async () => {
    server.script([{ json: chatAnswer('billing') }]);
    const config = exampleFiles('openai')['assay.config.yaml'] ?? '';
    const adapted = { 'assay.config.yaml': here('127.0.0.1:8080')(config) };
    server.forget();
    const env = { OPENAI_API_KEY: 'sk-openai-12345', OPENAI_BASE_URL: `${server.url}/v1` };
    const { code } = await assay(example('parameters', adapted).root, ['eval', '--mode', 'live'], env);
    expect(code).toBe(0);
    const sent = server.requests.map(({ json }) => members(json)).toSorted((a) => (a['top_k'] ? 1 : -1));
    const common = { max_tokens: 60, reasoning: { effort: 'low' } };
    expect(sent).toMatchObject([
      { model: 'gpt-5-mini', ...common },
      { model: 'llama-3.3', ...common, top_k: 1 },
    ]);
    expect(sent[0]).not.toHaveProperty('top_k');
  });

  it('exec: a program answers, with leave', async () => {
    const { root } = example('exec');
    expect(await assay(root, ['eval'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-code') });
    const args = ['eval', '--mode', 'live', '--allow-code'];
    const { code, report } = await assay(root, args, { APP_TOKEN: 'token-12345' });
    expect({ code, outputs: outputs(report) }).toEqual({ code: 0, outputs: { 'app:v2': ['billing'] } });
    expect((await assay(root, args)).stderr).toContain('APP_TOKEN');
  });

  it('module: a function answers, with leave', async () => {
    const { root } = example('module');
    expect(await assay(root, ['eval'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-code') });
    const { code, report } = await assay(root, ['eval', '--mode', 'live'], { ASSAY_ALLOW_CODE: '1' });
    expect({ code, outputs: outputs(report) }).toEqual({ code: 0, outputs: { 'app:v2': ['billing'] } });
  });

  it('http: an application answers', async () => {
    server.script([{ json: { answer: { text: 'billing' }, usage: { prompt_tokens: 9, completion_tokens: 1 } } }]);
    server.forget();
    const { root } = example('http', {}, here('127.0.0.1:3000'));
    const { code, report } = await assay(root, ['eval', '--mode', 'live'], { APP_TOKEN: 'token-12345' });
    expect({ code, outputs: outputs(report) }).toEqual({ code: 0, outputs: { 'app:v2': ['billing'] } });
    expect(report?.evals[0]?.results[0]).toMatchObject({ usage: { inputTokens: 9, outputTokens: 1 } });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/answer',
        headers: { authorization: 'token-12345' },
        json: {
          question: 'I was charged twice',
          history: [{ role: 'user', content: 'I was charged twice' }],
          run: 'double-charge 1',
        },
      },
    ]);
  });

  it('outputs: finished answers are graded', async () => {
    const cases = [...CASES, '  - { id: crash, vars: { ticket: It crashes }, expected: bug }'];
    const { code, report } = await assay(example('outputs', { 'evals/triage.cases.yaml': cases }).root, ['eval']);
    expect(outputs(report)).toEqual({ 'past:old': ['other', 'bug'], 'past:new': ['billing', 'bug'] });
    expect(code).toBe(1);
  });

  it('mock: a script answers', async () => {
    const cases = [
      ...CASES,
      '  - { id: broken, vars: { ticket: a crash }, expected: bug }',
      '  - { id: slow, vars: { ticket: slow }, expected: other }',
      '  - { id: lost, vars: { ticket: lost }, expected: other }',
      '  - { id: more, vars: { ticket: more }, expected: other }',
    ];
    const { root } = example('mock', { 'evals/triage.cases.yaml': cases });
    const { code, report } = await assay(root, ['eval']);
    expect(outputs(report)).toEqual({ 'fake:gpt': ['billing', 'bug', 'other', 'errored', 'other'] });
    const attempts = report?.evals[0]?.results.map((each) => each.attempts);
    expect(attempts).toEqual([1, 2, 1, 4, 1]);
    expect(code).toBe(3);
  });

  it('prices: each model has its own, by its name or a pattern', async () => {
    server.script([{ json: chatAnswer('billing') }]);
    const { root } = example('prices', {}, here('127.0.0.1:8080'));
    const { code, report } = await assay(root, ['eval', '--mode', 'live', '--max-cost', '1'], {});
    // 9 tokens in and 3 out.
    expect(report?.evals.map(({ model, cost }) => [model, cost])).toEqual([
      ['local:llama-3.3', { usd: expect.closeTo((9 * 0.2 + 3 * 0.6) / 1e6, 12), known: true }],
      ['local:qwen-3', { usd: 0, known: true }],
    ]);
    expect(code).toBe(0);
  });

  it('the protocol: what an application gets, and what it may answer', async () => {
    const files = exampleFiles('protocol');
    server.script([{ json: { output: 'billing' } }]);
    server.forget();
    const { root } = project({
      'assay.config.yaml': `providers: { app: { type: http, url: "${server.url}" } }\nmodels: [app:v2]\n`,
      'evals/triage.prompt.md': '---\nparameters: { maxTokens: 60 }\n---\n{{ticket}}',
      'evals/triage.cases.yaml': CASES,
    });
    await assay(root, ['eval', '--mode', 'live']);
    expect(server.requests.map(({ json }) => json)).toEqual([JSON.parse(files['request.json'] ?? '')]);
    const answer: unknown = JSON.parse(files['answer.json'] ?? '');
    expect(readCompletion(answer)).toEqual({ ok: true, completion: answer });
  });
});

describe('the page about providers', () => {
  it('has a row and a section for every type, and none besides', () => {
    const types = [...providerTypes.keys()];
    const sections = [...pageText(PAGE).matchAll(/^## (.+)$/gm)].map(([, name = '']) => name);
    const rows = tableOf(PAGE, 'type').rows.map(([type = '']) => type.replaceAll('`', ''));
    expect(rows.toSorted()).toEqual(types.toSorted());
    expect(sections).toEqual(expect.arrayContaining(types));
  });

  it.each([...providerTypes.values()].map((each) => [each.type, each] as const))(
    'knows %s',
    (type, { calls, settings }) => {
      const [, , needs, recorded] = tableOf(PAGE, 'type').rows.find(([name]) => name === `\`${type}\``) ?? [];
      expect(needs?.includes('--allow-code')).toBe(calls === 'code');
      expect(needs?.includes('--allow-host')).toBe(calls === 'network');
      expect(recorded?.startsWith('yes')).toBe(calls !== 'none');
      const { rows } = tableOf(PAGE, 'setting', type);
      expect(rows.map(([name]) => name)).toEqual(
        Object.keys(members(settings['properties'])).map((name) => `\`${name}\``),
      );
      expect(rows.filter(([, byDefault]) => byDefault === 'required').map(([name]) => name)).toEqual(
        Object.values(members(settings['required'])).map((name) => `\`${String(name)}\``),
      );
    },
  );

  const bodies: Record<string, (request: ProviderRequest) => JsonObject> = {
    Responses: responsesBody,
    'Chat Completions': (request) => chatBody(request, true),
    'Messages (anthropic)': (request) => messagesBody(request, undefined),
  };
  const values: Record<string, Json> = {
    maxTokens: 7,
    temperature: 0.5,
    topP: 0.9,
    stop: ['x'],
    seed: 7,
    stream: true,
  };
  const { head, rows } = tableOf(PAGE, 'prompt', 'Parameters');

  it('knows every parameter and API', () => {
    expect(rows.flatMap(([name = '']) => codeWords(name))).toEqual(Object.keys(parameterSchema.properties));
    expect(head.slice(1)).toEqual(Object.keys(bodies));
  });

  const cells = rows.flatMap(([name = '', ...each]) =>
    each.map((cell, index) => ({ parameter: codeWords(name)[0] ?? '', api: head[index + 1] ?? '', cell })),
  );
  const bodyOf = ({ parameter, api }: (typeof cells)[number]) =>
    bodies[api]?.(requestWith({ [parameter]: values[parameter] }));

  it.each(cells.filter(({ cell }) => cell === 'an error'))('says that $api refuses $parameter', (each) => {
    expect(() => bodyOf(each)).toThrow(`no ${each.parameter}`);
  });

  it.each(cells.filter(({ cell }) => cell !== 'an error'))('knows what $parameter is in $api', (each) => {
    const [name = ''] = codeWords(each.cell);
    expect(bodyOf(each)).toHaveProperty([name], values[each.parameter]);
  });

  it('names every key of a price', () => {
    const { properties, required } = configSchema.properties.prices.additionalProperties;
    const table = tableOf(PAGE, 'key of a price').rows;
    expect(table.flatMap(([name = '']) => codeWords(name))).toEqual(Object.keys(properties));
    const needed = table.filter(([, byDefault]) => byDefault === 'required');
    expect(needed.flatMap(([name = '']) => codeWords(name))).toEqual(required);
  });

  it('names every kind of trouble that can be scripted', async () => {
    const [, listed = ''] = /`kind` is one of ([^;]*);/.exec(pageText(PAGE)) ?? [];
    const replies = JSON.stringify([{ error: { kind: 'none of them' } }]);
    const { stderr } = await assay(example('mock', { 'fixtures/replies.yaml': replies }).root, ['eval']);
    const [, known = ''] = /"error\.kind" is none of (.*)/.exec(stderr) ?? [];
    expect(codeWords(listed)).toEqual(known.split(', '));
  });

  it('names every key of an answer', () => {
    const [, protocol = ''] = /^## The protocol of applications$([^]*?)^## /m.exec(pageText(PAGE)) ?? [];
    const answer = Object.keys(members(JSON.parse(exampleFiles('protocol')['answer.json'] ?? '')));
    const all = [
      'output',
      'toolCalls',
      'finishReason',
      'finishDetail',
      'refusal',
      'usage',
      'latencyMs',
      'firstTokenMs',
    ];
    expect([...answer, ...codeWords(protocol)]).toEqual(expect.arrayContaining([...all, 'answeredBy', 'costUsd']));
  });

  it('has tables of whole rows', () => {
    for (const table of tablesOf(PAGE)) for (const row of table.rows) expect(row).toHaveLength(table.head.length);
  });
});

function requestWith(parameters: ProviderRequest['parameters']): ProviderRequest {
  const trial = { prompt: 'triage', case: 'one', repeat: 1 };
  return { model: 'openai:x', name: 'x', messages: [{ role: 'user', content: 'hi' }], parameters, tools: [], trial };
}
