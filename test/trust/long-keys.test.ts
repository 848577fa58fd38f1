import { describe, expect } from 'vitest';
import { CANARY, expectNoPiece } from '../support/canary.js';
import { chatAnswer } from '../support/replies.js';
import type { Reply, Seen } from '../support/scripted-server.js';
import { test } from '../cli/test.js';

const ENV = { APP_KEY: CANARY };

/** What stands before the key in errors and answers: places where texts are cut, so that some of them would be cut within it. */
const BEFORE = [0, 175, 270];
/** What stands behind it, where the end of a text is kept. */
const BEHIND = [0, 560, 280];
const filler = (length: number): string => 'bad '.repeat(Math.ceil(length / 4)).slice(0, length);
const said = BEFORE.map((before, index) => `${filler(before)}${CANARY} ${filler(BEHIND[index] ?? 0)}`);

const IDS = [...said.map((_, index) => `error${index}`), 'page', 'echo', 'long'];

/** What each case brings, for a program or a function: it fails with a text, prints it, or answers with it. */
const APP = [
  `const said = ${JSON.stringify(said.map((text) => text.replaceAll(CANARY, '<key>')))}.map((text) => text.replaceAll("<key>", process.env.APP_KEY));`,
  'export function answer({ case: id }) {',
  '  if (id.startsWith("error")) throw new Error(said[id.at(-1)]);',
  '  return { output: id === "long" ? "bad ".repeat(990) + said[0] : said[0] };',
  '}',
  'export default async (request) => {',
  '  if (request.case === "page") void Promise.reject(new Error(`${"bad ".repeat(3)}${said[0]}${"bad ".repeat(70)}`));',
  '  return answer(request);',
  '};',
];
const PROGRAM = [
  "import { answer } from './module.mjs';",
  "let text = '';",
  'for await (const chunk of process.stdin) text += chunk;',
  'const request = JSON.parse(text);',
  'try {',
  '  const { output } = answer(request);',
  '  process.stdout.write(request.case === "page" ? "bad ".repeat(45) + output : JSON.stringify({ output }));',
  '} catch (error) {',
  '  process.stderr.write(error.message);',
  '  process.exit(1);',
  '}',
];

/** The same from a server, for `http`, an SDK and a judge. */
function reply({ json, path }: Seen): Reply {
  const body = json as { case?: string; model?: string; messages?: { content: string }[] };
  if (path.endsWith('/embeddings')) return { status: 400, json: { error: { message: said[2], type: 'bad' } } };
  if (body.model?.startsWith('judge')) return { json: chatAnswer(JSON.stringify({ reason: said[1], score: 0 })) };
  const id = body.case ?? /case (\w+)/.exec(body.messages?.at(-1)?.content ?? '')?.[1] ?? '';
  if (id.startsWith('error')) return { status: 400, json: { error: { message: said[Number(id.at(-1))] } } };
  if (id === 'page') return { status: 400, json: { error: { code: CANARY } } };
  const text = `${id === 'long' ? filler(3960) : ''}${said[0]}`;
  return { json: body.case === undefined ? chatAnswer(text) : { answer: text } };
}

const CASES = [
  'defaults:',
  '  assert:',
  '    - { type: equals, value: something else }',
  '    - { type: judge, value: Is polite, options: { model: "sdk:judge-2025-01-01" } }',
  '    - { type: similar, value: a text, options: { model: "sdk:embed" } }',
  'cases:',
  ...IDS.map((id) => `  - { id: ${id}, vars: { id: ${id} } }`),
];

/** A command that believes that it writes to a terminal of so many columns. */
const wide = (columns: number): Record<string, string> => ({
  ...ENV,
  NODE_OPTIONS: `--import "data:text/javascript,for(const s of [process.stdout,process.stderr])s.isTTY=true,s.columns=${columns}"`,
});

describe.concurrent('no piece of a long key with signs of Markdown is written', () => {
  test.for([
    [40, 'live'],
    [57, 'record'],
    [80, 'live'],
    [100, 'record'],
  ] as const)('in %i columns, in mode %s', async ([columns, mode], { project, startServer }) => {
    const server = await startServer(reply);
    const made = project({
      'assay.config.yaml': [
        'providers:',
        '  exec: { type: exec, command: [node, app/program.mjs], env: [APP_KEY] }',
        `  http: { type: http, url: "${server.url}/app", headersEnv: { x-key: APP_KEY }, output: $.answer }`,
        '  module: { type: module, path: app/module.mjs }',
        `  sdk: { type: openai, baseURL: "${server.url}/v1", apiKeyEnv: APP_KEY, api: chat }`,
        'models: [exec:m, http:m, module:m, sdk:m]',
      ],
      'evals/e.prompt.md': 'case {{id}}',
      'evals/e.cases.yaml': CASES,
      'app/module.mjs': APP,
      'app/program.mjs': PROGRAM,
    });
    const outcome = await made.assay(['eval', '--mode', mode, '--allow-code'], { env: wide(columns) });
    expect(outcome.code, outcome.stderr).toBe(1);
    const report = made.read('reports/report.json');
    for (const model of ['exec', 'http', 'module', 'sdk']) {
      expect(report, model).toMatch(new RegExp(`"${model}:m`));
    }
    expect(report.split('[redacted]').length).toBeGreaterThan(4 * IDS.length);
    expectNoPiece(made, outcome, CANARY);
    for (const args of [['accept'], ['eval', '--mode', mode, '--allow-code', '--resume']]) {
      expectNoPiece(made, await made.assay(args, { env: wide(columns) }), CANARY);
    }
  });
});
