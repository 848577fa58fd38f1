import { describe, expect } from 'vitest';
import { test } from '../cli/test.js';
import { chatAnswer, messagesAnswer } from '../support/replies.js';
import { loadPrompt } from '../../src/prompts/index.js';
import { HOSTILE } from './library.js';

interface Rendered {
  messages: { role: string; content: string }[];
  parameters: { maxTokens: number; temperature: number };
  schema: object;
  tools: { name: string; description: string; parameters: object }[];
  models: { model: string; inputTokens: number; outputTokens: number; costUsd: number | null }[];
}

/** What was sent of it, as each provider's language has it. */
interface Sent {
  model: string;
  messages: { role: string; content: unknown }[];
  system?: string | { text: string }[];
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature: number;
  response_format?: { json_schema: { schema: object } };
  tools?: { name?: string; function?: { name: string; description: string; parameters: object } }[];
}

const IDS = ['plain', 'few-shot', 'hostile'];
const SCHEMA =
  '{ type: object, required: [queue], additionalProperties: false, properties: { queue: { type: string } } }';

describe.concurrent('assay render', () => {
  test('prints what assay eval sends, message for message, and what an application renders', async ({
    project,
    startServer,
  }) => {
    const server = await startServer(({ path }) => ({
      json: path.includes('chat') ? chatAnswer('{"queue":"x"}') : messagesAnswer('{"queue":"x"}'),
    }));
    const made = project({
      'assay.config.yaml': [
        'providers:',
        `  one: { type: openai, baseURL: "${server.url}/v1", api: chat }`,
        `  two: { type: anthropic, baseURL: "${server.url}" }`,
        'models: [one:chat-model, two:messages-model]',
        'overrides: [{ files: "evals/**", parameters: { temperature: 0.25 } }]',
      ],
      'evals/_partials/tone.md': 'Be kind, {{name}}.\n{{! why: nobody sees this }}\n{{> rule}}',
      'evals/_partials/rule.md': '  Be brief.\r\n',
      'evals/p.prompt.md': [
        '---',
        'parameters: { maxTokens: 60 }',
        `output: ${SCHEMA}`,
        'tools: [{ name: find, description: Finds., parameters: { type: object, properties: {} } }]',
        '---',
        '{{#system}}\n  {{> tone}}\n{{/system}}',
        '{{#shots}}{{#user}} {{q}} {{/user}}{{#assistant}}{{a}}{{/assistant}}{{/shots}}',
        '{{#user}}{{text}}{{^shots}} {{{data}}}{{/shots}}{{/user}}',
      ],
      'evals/p.cases.yaml': [
        'defaults: { vars: { name: Ada, shots: [], data: { a: [1, null] } }, assert: [{ type: json-schema }] }',
        'cases:',
        '  - { id: plain, vars: { text: "  {{name}} <b> & \\"x\\"  " } }',
        '  - { id: few-shot, vars: { text: go, shots: [{ q: one, a: 1 }, { q: two, a: "2\\n" }] } }',
        `  - { id: hostile, vars: { text: ${JSON.stringify(HOSTILE)} } }`,
      ],
    });
    expect(await made.assay(['eval', '--mode', 'live'])).toMatchObject({ code: 0, stderr: expect.any(String) });
    expect(server.requests).toHaveLength(2 * IDS.length);

    const sent = server.requests.map(({ json }) => json as Sent);
    const loaded = await loadPrompt('p', { root: made.root });
    for (const id of IDS) {
      const { code, stdout } = await made.assay(['render', 'p', '--case', id, '--json']);
      expect(code).toBe(0);
      const rendered = JSON.parse(stdout) as Rendered;
      const { messages, parameters, schema, tools, models } = rendered;
      for (const { model } of models) {
        const [match, ...more] = sent.filter(
          (each) => each.model === model.slice(4) && JSON.stringify(sentMessages(each)) === JSON.stringify(messages),
        );
        expect(match, `${id} for ${model}: ${JSON.stringify(messages)}`).toBeDefined();
        expect(more).toEqual([]);
        expect(match?.max_tokens ?? match?.max_completion_tokens).toBe(parameters.maxTokens);
        expect([match?.temperature, parameters]).toEqual([0.25, { maxTokens: 60, temperature: 0.25 }]);
        expect(match?.tools?.map((tool) => tool.name ?? tool.function?.name)).toEqual(tools.map(({ name }) => name));
        if (match?.response_format) expect(match.response_format.json_schema.schema).toEqual(schema);
      }
      expect({ ...loaded.render(varsOf(id)), parameters: loaded.parameters, tools: loaded.tools }).toEqual({
        messages,
        parameters,
        tools,
      });
    }
    expect(sent.filter(({ response_format }) => response_format !== undefined)).toHaveLength(IDS.length);
  });

  test('gives tokens and price of each model; an unknown price is none', async ({ project }) => {
    const made = project({
      'evals/p.prompt.md': [
        '---',
        'models: [openai:gpt-4o-2024-08-06, openai:no-such-model]',
        'parameters: { maxTokens: 1000 }',
        '---',
        '{{text}}',
      ],
      'evals/p.cases.yaml': 'cases: [{ vars: { text: x }, assert: [{ type: contains, value: x }] }]',
      'vars.yaml': `text: ${'word '.repeat(400)}`,
    });
    const { stdout } = await made.assay(['render', 'p', '--vars', 'vars.yaml', '--json']);
    const [known, unknown] = (JSON.parse(stdout) as Rendered).models;
    expect(unknown).toMatchObject({ model: 'openai:no-such-model', costUsd: null });
    expect(known).toMatchObject({ model: 'openai:gpt-4o-2024-08-06', outputTokens: 1000 });
    // 2.50 and 10 dollars for a million tokens.
    const { inputTokens = 0, costUsd } = known ?? {};
    expect(inputTokens).toBeGreaterThan(300);
    expect(costUsd).toBeCloseTo((inputTokens * 2.5 + 1000 * 10) / 1e6, 8);
    const text = await made.assay(['render', 'p', '--vars', 'vars.yaml']);
    expect(text.stdout).toMatch(/gpt-4o-2024-08-06: about \d+ tokens in, at most 1000 out, about \$0\.0\d+\n/);
    expect(text.stdout).toMatch(/no-such-model: about \d+ tokens in, at most 1000 out, price unknown\n/);
  });
});

/** Messages in the order of the prompt, whichever language they were sent in. */
function sentMessages({ system, messages }: Sent): { role: string; content: unknown }[] {
  const first = system === undefined ? [] : [{ role: 'system', content: textOf(system) }];
  return [...first, ...messages.map(({ role, content }) => ({ role, content: textOf(content) }))];
}

function textOf(content: unknown): unknown {
  return Array.isArray(content) ? content.map(({ text }: { text: string }) => text).join('') : content;
}

function varsOf(id: string): object {
  const data = { a: [1, null] };
  if (id === 'hostile') return { name: 'Ada', shots: [], data, text: HOSTILE };
  if (id === 'plain') return { name: 'Ada', shots: [], data, text: '  {{name}} <b> & "x"  ' };
  const shots = [
    { q: 'one', a: 1 },
    { q: 'two', a: '2\n' },
  ];
  return { name: 'Ada', data, text: 'go', shots };
}
