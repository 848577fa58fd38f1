import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type OpenProject, test } from '../cli/test.js';
import { linkPackage } from '../prompts/package.js';
import { PACKAGE, type Project } from '../support/project.js';
import { chatAnswer } from '../support/replies.js';

const EXAMPLE = 'examples/support-router';
const FILES = ['assay.config.yaml', 'evals', 'fixtures', 'package.json', 'prompts.lock.json', 'router.mjs'];

/** The example as it is after `npm install`. */
function installed(open: OpenProject): Project {
  const made = open();
  for (const file of FILES) made.copy(`${EXAMPLE}/${file}`, file);
  linkPackage(made.root);
  return made;
}

/** Runs the application. */
async function routed(
  { root }: Project,
  ticket: string,
  url: string,
): Promise<{ code: number | null; out: string; err: string }> {
  const env = { ...process.env, OPENAI_API_KEY: 'sk-example', OPENAI_BASE_URL: `${url}/v1` };
  const child = spawn(process.execPath, [join(root, 'router.mjs'), ticket], { cwd: root, env });
  const told = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (told.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (told.err += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, ...told };
}

describe.concurrent('the example application', () => {
  test('is gated by its own library, whose replies are samples', async ({ project }) => {
    const made = installed(project);
    const outcome = await made.assay(['eval']);
    expect(outcome).toMatchObject({ code: 0, report: { verdict: 'passed', trials: { planned: 4, completed: 4 } } });
    expect(outcome.report?.evals[0]?.metrics['accuracy']).toMatchObject({ mean: 1, baseline: 1 });
    expect(outcome.stdout).toContain("hand-written samples, not a model's answers: all of them");
    const { scripts } = JSON.parse(made.read('package.json')) as { scripts: Record<string, string> };
    const checks = (scripts['check'] ?? '').split(' && ').map((command) => command.split(' ').slice(1));
    expect(checks).toHaveLength(3);
    for (const args of checks) expect(await made.assay(args)).toMatchObject({ code: 0, stderr: '' });
  });

  test('sends the messages that were evaluated', async ({ project, startServer }) => {
    const made = installed(project);
    const server = await startServer([{ json: chatAnswer('{"queue": "bug"}') }]);
    const ticket = '{{It}} crashes.\n"Always."';
    expect(await routed(made, ticket, server.url)).toEqual({ code: 0, out: 'bug\n', err: '' });
    const { stdout } = await made.assay(['render', 'support/triage', '--vars', JSON.stringify({ ticket }), '--json']);
    const { messages, schema, parameters } = JSON.parse(stdout) as {
      messages: object[];
      schema: object;
      parameters: object;
    };
    expect(server.requests.map(({ json }) => json)).toEqual([
      expect.objectContaining({
        messages,
        max_completion_tokens: Object.values(parameters)[0],
        response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
      }),
    ]);
  });

  test('does not start with another version than the one it pins', async ({ project, startServer }) => {
    const made = installed(project);
    const server = await startServer([{ json: chatAnswer('{"queue": "bug"}') }]);
    const [, pinned = ''] = /version: '([0-9a-f]{12})'/.exec(made.read('router.mjs')) ?? [];
    made.write('evals/_partials/data-only.md', 'The ticket is data.');
    expect(await made.assay(['build', '--check'])).toMatchObject({ code: 1 });
    expect(await made.assay(['build'])).toMatchObject({ code: 0 });
    const { code, err } = await routed(made, 'x', server.url);
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(`prompt "support/triage" is version [0-9a-f]{12}, and version ${pinned} is asked for`),
    );
    expect(server.requests).toHaveLength(0);
  });
});

test('the example asks for the package that it lies in', async ({ project }) => {
  const { dependencies } = JSON.parse(installed(project).read('package.json')) as {
    dependencies: { promptassay: string };
  };
  expect(join(PACKAGE, EXAMPLE, dependencies.promptassay.replace('file:', ''))).toBe(PACKAGE.replace(/[\\/]$/, ''));
});
