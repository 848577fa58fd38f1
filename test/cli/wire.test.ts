import { LLMock } from '@copilotkit/aimock';
import { describe, expect } from 'vitest';
import type { AssayOptions, AtEnd, Content } from '../support/project.js';
import { chatAnswer, messagesAnswer, responsesAnswer, sse } from '../support/replies.js';
import { chatEvents, messagesEvents, responsesEvents } from '../support/replies.js';
import type { Reply } from '../support/scripted-server.js';
import { casesFile, userText } from './echo.js';
import { expectReports } from './report.js';
import { type OpenProject, test } from './test.js';

const KEY = 'sk-test-wire-0123456789';

/** A language of the wire: how a project comes to speak it, and how a server answers in it. */
interface Language {
  model: string;
  config(url: string): string[];
  env(url: string): AssayOptions['env'];
  whole(text: string): object;
  events(text: string): readonly (object | string)[];
}

const LANGUAGES: Record<string, Language> = {
  'openai chat': {
    model: 'local:gpt-test',
    config: (url) => [`providers: { local: { type: openai, baseURL: "${url}/v1", api: chat, apiKeyEnv: LOCAL_KEY } }`],
    env: () => ({ LOCAL_KEY: KEY }),
    whole: chatAnswer,
    events: chatEvents,
  },
  'openai responses': {
    model: 'openai:gpt-test',
    config: () => ['providers: { openai: { type: openai, api: responses } }'],
    env: (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` }),
    whole: responsesAnswer,
    events: responsesEvents,
  },
  anthropic: {
    model: 'anthropic:claude-test',
    config: () => [],
    env: (url) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url }),
    whole: messagesAnswer,
    events: messagesEvents,
  },
};

const TRANSPORTS = ['whole', 'streamed'] as const;
const WAYS = Object.keys(LANGUAGES).flatMap((language) =>
  TRANSPORTS.map((transport): [string, string] => [language, transport]),
);

function languageOf(name: string): Language {
  const language = LANGUAGES[name];
  if (!language) throw new Error(`no language ${name}`);
  return language;
}

/** A project that speaks a language with a server. */
function spoken(open: OpenProject, language: Language, url: string, transport: string, ids: readonly string[]) {
  const files: Record<string, Content> = {
    'assay.config.yaml': [...language.config(url), `models: ["${language.model}"]`, 'mode: live'],
    'evals/echo.prompt.md': [
      '---',
      `parameters: { stream: ${transport === 'streamed'}, maxTokens: 50 }`,
      '---',
      '{{text}}',
    ],
    'evals/echo.cases.yaml': casesFile(ids),
  };
  const made = open(files);
  return { ...made, run: (args: readonly string[]) => made.assay(['eval', ...args], { env: language.env(url) ?? {} }) };
}

/** An independent server that answers each case, some only after faults of its own making. */
async function faultyServer(atEnd: AtEnd): Promise<LLMock> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  const answer = (id: string, sequenceIndex?: number, chaos?: object) =>
    mock.addFixture({
      match: { userMessage: id, ...(sequenceIndex !== undefined && { sequenceIndex }) },
      response: { content: `you said: ${id}` },
      ...(chaos && { chaos }),
    });
  const failure = (id: string, sequenceIndex: number) =>
    mock.addFixture({
      match: { userMessage: id, sequenceIndex },
      response: { error: { message: 'oops' }, status: 500 },
    });
  answer('c01');
  answer('c02', 0, { rateLimitRate: 1 });
  failure('c03', 0);
  failure('c03', 1);
  answer('c04', 0, { disconnectRate: 1 });
  answer('c05', 0, { malformedRate: 1 });
  answer('c06', 0, { latencyMs: 30_000 });
  for (const id of ['c02', 'c03', 'c04', 'c05', 'c06']) answer(id);
  await mock.start();
  atEnd(() => mock.stop());
  return mock;
}

/** Attempts that each case of the faulty server takes. */
const ATTEMPTS = { c01: 1, c02: 2, c03: 3, c04: 2, c05: 2, c06: 2 };

// Most of their time is spent waiting.
describe.concurrent('the SDKs against an independent server', () => {
  test.for(WAYS)(
    '%s, %s: every fault is got over, and its attempts are counted',
    async (way, { project, onTestFinished }) => {
      const [name, transport] = way;
      const language = languageOf(name);
      const mock = await faultyServer(onTestFinished);
      const made = spoken(project, language, mock.url, transport, Object.keys(ATTEMPTS));
      const outcome = await made.run(['--timeout', '5s']);

      expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
      const results = expectReports(made, outcome).evals[0]?.results ?? [];
      expect(Object.fromEntries(results.map((each) => [each.case, each.attempts]))).toEqual(ATTEMPTS);
      for (const each of results) expect(each).toMatchObject({ status: 'completed', output: `you said: ${each.case}` });
      const journal = made.read('reports/run.jsonl').trimEnd().split('\n').slice(1, -1);
      const counted = journal.map((line) => JSON.parse(line) as { case: string; attempts: number });
      expect(Object.fromEntries(counted.map((each) => [each.case, each.attempts]))).toEqual(ATTEMPTS);
      expect(results.every((each) => (each['firstTokenMs'] === undefined) === (transport === 'whole'))).toBe(true);
      for (const file of made.files()) expect(made.read(file)).not.toContain(KEY);
    },
  );
});

describe.concurrent('a server that falls silent', () => {
  test.for(WAYS)('%s, %s: is given up after --timeout and asked again', async (way, { project, startServer }) => {
    const [name, transport] = way;
    const language = languageOf(name);
    const seenBefore = new Set<string>();
    const server = await startServer((seen): Reply => {
      const id = /c\d\d/.exec(JSON.stringify(seen.json))?.[0] ?? '';
      const reply: Reply = transport === 'whole' ? { json: language.whole(id) } : sse(language.events(id));
      const body = reply.body ?? JSON.stringify(reply.json);
      const type = transport === 'whole' ? 'application/json' : 'text/event-stream';
      if (seenBefore.has(id)) return reply;
      seenBefore.add(id);
      return { headers: { 'content-type': type }, body: String(body).slice(0, 60), stall: 'body' };
    });
    const made = spoken(project, language, server.url, transport, ['c01', 'c02']);
    const outcome = await made.run(['--timeout', '3s']);
    expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
    const results = expectReports(made, outcome).evals[0]?.results ?? [];
    expect(results.map((each) => [each.case, each.output, each.attempts])).toEqual([
      ['c01', 'c01', 2],
      ['c02', 'c02', 2],
    ]);
    expect(server.requests.filter((seen) => seen.abortedMs !== undefined)).toHaveLength(2);
  });

  test('for good: an error of its own kind, and the command ends by itself', async ({ project, startServer }) => {
    const server = await startServer([{ stall: 'body', body: '{' }]);
    const language = languageOf('openai chat');
    const made = spoken(project, language, server.url, 'whole', ['c01', 'c02']);
    const outcome = await made.run(['--timeout', '200ms']);
    expect(outcome.code).toBe(3);
    const results = expectReports(made, outcome).evals[0]?.results ?? [];
    expect(results.map((each) => [each.failure?.kind, each.attempts])).toEqual([
      ['timeout', 4],
      ['timeout', 4],
    ]);
  });
});

test('a server that asks to wait longer than --max-wait is not waited for', async ({ project, startServer }) => {
  const server = await startServer([{ status: 429, headers: { 'retry-after': '3600' }, json: {} }]);
  const language = languageOf('openai chat');
  const made = spoken(project, language, server.url, 'whole', ['c01', 'c02', 'c03']);
  const outcome = await made.run(['--max-wait', '5s']);
  expect(outcome.code).toBe(3);
  expect(outcome.stdout).toMatch(/asked to wait 3600 s, and --max-wait allows 5 s/);
  expect(server.requests.every((seen) => userText(seen).startsWith('say'))).toBe(true);
});
