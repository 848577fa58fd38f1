import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect } from 'vitest';
import { CANARY } from '../support/canary.js';
import type { Content, Outcome, Project } from '../support/project.js';
import { casesFile, says } from './echo.js';
import { type OpenProject, test } from './test.js';

const MARKER = 'marker.txt';
const LIBRARY = { 'evals/echo.prompt.md': '{{text}}', 'evals/echo.cases.yaml': casesFile(['c01']) };

/** A program that leaves a mark wherever its code runs, and echoes. */
const PROGRAM = [
  "import { writeFileSync } from 'node:fs';",
  `writeFileSync(new URL('../${MARKER}', import.meta.url), 'ran');`,
  "let text = '';",
  'for await (const chunk of process.stdin) text += chunk;',
  'process.stdout.write(JSON.stringify({ output: JSON.parse(text).messages.at(-1).content }));',
];
const MODULE = [
  "import { writeFileSync } from 'node:fs';",
  `writeFileSync(new URL('../${MARKER}', import.meta.url), 'ran');`,
  'export default async ({ messages }: { messages: { content: string }[] }) => ({ output: messages.at(-1)?.content });',
];

function codeProject(open: OpenProject, settings: string, more: Record<string, Content> = {}): Project {
  return open({
    'assay.config.yaml': [`providers: { app: ${settings} }`, 'models: [app:x]'],
    'app/program.mjs': PROGRAM,
    'app/module.ts': MODULE,
    ...LIBRARY,
    ...more,
  });
}

const CODE: [string, string][] = [
  ['exec', '{ type: exec, command: [node, app/program.mjs] }'],
  ['module', '{ type: module, path: app/module.ts }'],
];

describe.concurrent('code of the project', () => {
  test.for(CODE)('%s does not run unless it is allowed, not even for a dry run', async ([, settings], { project }) => {
    const made = codeProject(project, settings);
    for (const args of [['eval'], ['eval', '--mode', 'record', '--dry-run']]) {
      const { code, stderr } = await made.assay(args, { env: { ASSAY_ALLOW_CODE: 'true' } });
      expect(stderr, args.join(' ')).toMatch(/code plug-ins need --allow-code[^]*nothing was called/);
      expect(code).toBe(2);
    }
    expect(made.has(MARKER)).toBe(false);
  });

  test.for<[string, string[], Record<string, string>]>([
    ['exec', ['--allow-code'], {}],
    ['module', ['--allow-code'], {}],
    ['exec', [], { ASSAY_ALLOW_CODE: '1' }],
  ])('%s runs with %s %o', async ([type, args, env], { project }) => {
    const made = codeProject(project, Object.fromEntries(CODE)[type] ?? '');
    const outcome = await made.assay(['eval', '--mode', 'live', ...args], { env });
    expect(outcome.code, outcome.stderr + outcome.stdout).toBe(0);
    expect(made.has(MARKER)).toBe(true);
  });

  test('no file can allow code, and front matter is data', async ({ project }) => {
    const made = codeProject(project, CODE[0]?.[1] ?? '', {
      'evals/js.prompt.md': ['---js', `require('fs').writeFileSync('${MARKER}', 'ran')`, '---', '{{text}}'],
      'evals/js.cases.yaml': casesFile(['c01']),
      'evals/tag.prompt.md': [
        '---',
        `why: !!js/function "function () { require('fs').writeFileSync('${MARKER}', '') }"`,
        '---',
        '{{text}}',
      ],
      'evals/tag.cases.yaml': casesFile(['c01']),
    });
    made.write('assay.config.yaml', `${made.read('assay.config.yaml')}allowCode: true\nallowHosts: ["*"]\n`);
    const { code, stderr } = await made.assay(['eval', '--mode', 'live']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/unknown key "allowCode"/);
    expect(stderr).toMatch(/unknown key "allowHosts"/);
    expect(made.has(MARKER)).toBe(false);
  });

  test('paths of files do not lead out of the repository', async ({ project }) => {
    const outside = project({ 'data.csv': ['text', 'secret'] });
    const made = project({
      ...LIBRARY,
      'assay.config.yaml': 'models: [mock:echo]',
      'evals/out.prompt.md': '{{text}}',
      'evals/out.cases.yaml': [
        `from: ${JSON.stringify(`${outside.root}/data.csv`)}`,
        'defaults: { assert: [{ type: contains, value: s }] }',
      ],
    });
    made.commit('A prompt');
    const { code, stderr } = await made.assay(['eval']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is refused/);
    expect(stderr).not.toContain('secret');
  });
});

/** An address of this machine that is not loopback. */
const LAN = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

describe.concurrent('keys and requests go only where they may', () => {
  test.for(['replay', 'live'])('a host that only a config names is refused, in mode %s', async (mode, { project }) => {
    const made = project({
      ...LIBRARY,
      'assay.config.yaml': [
        'providers: { far: { type: openai, baseURL: "https://llm.example.com/v1", apiKeyEnv: OPENAI_API_KEY } }',
        'models: [far:m]',
      ],
    });
    const { code, stderr } = await made.assay(['eval', '--mode', mode], { env: { OPENAI_API_KEY: CANARY } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/send requests, and any key, to llm\.example\.com[^]*--allow-host llm\.example\.com/);
    expect(stderr).not.toContain(CANARY);
  });

  test.skipIf(LAN === undefined)(
    'a host that is named is asked, and one that is not, never',
    async ({ project, onTestFinished }) => {
      const heard: (string | undefined)[] = [];
      const server = createServer((request, response) => {
        heard.push(request.headers.authorization);
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(says('say c01').json));
      });
      await new Promise<void>((resolve) => {
        server.listen(0, LAN, resolve);
      });
      onTestFinished(() => void server.close());
      const address = server.address();
      const host = `${LAN}:${address !== null && typeof address === 'object' ? address.port : 0}`;
      const config = (more: string) => [
        `providers: { far: { type: openai, baseURL: "http://${host}/v1"${more} } }`,
        'models: [far:m]',
      ];
      const made = project({ ...LIBRARY, 'assay.config.yaml': config(', apiKeyEnv: FAR_KEY') });
      const run = (args: string[], env: Record<string, string> = {}): Promise<Outcome> =>
        made.assay(['eval', '--mode', 'live', ...args], {
          env: { OPENAI_API_KEY: CANARY, FAR_KEY: 'far-key-123456', ...env },
        });

      expect((await run(['--allow-host', 'other.example.com'])).code).toBe(2);
      expect(heard).toEqual([]);
      expect((await run(['--allow-host', host])).code).toBe(0);
      expect((await run([], { ASSAY_ALLOW_HOST: `a.example.com, ${LAN}` })).code).toBe(0);
      expect(heard).toEqual(['Bearer far-key-123456', 'Bearer far-key-123456']);

      made.write('assay.config.yaml', config(''));
      const unnamed = await run(['--allow-host', host]);
      expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringMatching(/"apiKeyEnv" is missing/)]);
      expect(heard).toHaveLength(2);
    },
  );

  test('a redirect is not followed', async ({ echoProject, startServer }) => {
    const other = await startServer([says('say c01')]);
    const made = await echoProject({
      cases: 1,
      script: () => ({ status: 307, headers: { location: `${other.url}/v1/chat/completions` } }),
    });
    const outcome = await made.evaluate();
    expect(outcome.code).toBe(3);
    expect(other.requests).toEqual([]);
  });
});
