import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { assay } from '../docs/run.js';
import { type Project, project } from '../support/project.js';
import { linkPackage } from './package.js';

// The compiler takes a second or two; on a machine that is busy with other things, many times that.
vi.setConfig({ testTimeout: 90_000 });

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

const TRIAGE = [
  '---',
  'models: [mock:echo]',
  'input:',
  '  type: object',
  '  required: [ticket, customer]',
  '  additionalProperties: false',
  '  properties:',
  '    ticket: { type: string }',
  '    customer: { type: object, required: [plan], properties: { plan: { enum: [free, paid] }, since: { type: integer } } }',
  '    history: { type: array, items: { type: string } }',
  'output: { type: object, required: [queue], additionalProperties: false, properties: { queue: { enum: [billing, bug, other] } } }',
  '---',
  '{{ticket}} {{customer.plan}} {{#history}}{{.}}{{/history}}',
];

/** A library, and a program that uses it. */
function library(): Project {
  const made = project({
    'evals/support/triage.prompt.md': TRIAGE,
    'evals/greet.prompt.md': '---\nmodels: [mock:echo]\n---\nHello {{name}}{{#loud}}!{{/loud}}',
    'evals/plain.prompt.md': '---\nmodels: [mock:echo]\n---\nHello',
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: [],
      },
      include: ['*.ts', 'evals/prompts.d.ts'],
    }),
    'package.json': '{ "type": "module" }',
    'app.ts': [
      "import { loadPrompt, type OutputOf, type VarsOf } from 'promptassay/prompts';",
      "const triage = await loadPrompt('support/triage', { version: '0123456789ab' });",
      "const vars: VarsOf<'support/triage'> = { ticket: 'x', customer: { plan: 'free' } };",
      'const roles: string[] = triage.render({ ...vars, history: ["a"] }).messages.map(({ role }) => role);',
      "const answer: OutputOf<'support/triage'> = { queue: 'bug' };",
      "(await loadPrompt('greet')).render({ name: 'Ada', loud: true });",
      "(await loadPrompt('plain')).render();",
      'export { answer, roles };',
    ],
  });
  linkPackage(made.root);
  return made;
}

/** What the compiler says, place by place. */
function compile({ root }: Project): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, [TSC, '-p', root, '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => /^\S.*error TS/.test(line));
}

test('programs compile against the prompts: a missing variable and a renamed prompt are compile errors', async () => {
  const made = library();
  // Without declarations, everything compiles that loads a prompt by some name.
  made.write(
    'app.ts',
    made.read('app.ts').replaceAll("<'support/triage'>", '<string>').replace('...vars', '...(vars as object)'),
  );
  expect(compile(made)).toEqual([]);
  made.write('app.ts', library().read('app.ts'));
  expect(await assay(made.root, ['types'])).toMatchObject({
    code: 0,
    stdout: 'evals/prompts.d.ts: 3 prompts; tsconfig.json has to include it\n',
  });

  made.write('bad.ts', [
    "import { loadPrompt, type OutputOf } from 'promptassay/prompts';",
    "const triage = await loadPrompt('support/triage');",
    "triage.render({ ticket: 'x' });",
    "triage.render({ ticket: 'x', customer: { plan: 'gold' } });",
    "triage.render({ ticket: 1, customer: { plan: 'paid' } });",
    "triage.render({ ticket: 'x', customer: { plan: 'paid' }, tikcet: 'y' });",
    'triage.render();',
    "(await loadPrompt('greet')).render({ loud: true });",
    "(await loadPrompt('plain')).render({ name: 'x' });",
    "await loadPrompt('support/tirage');",
    "export const answer: OutputOf<'support/triage'> = { queue: 'sales' };",
    // Either of several may be the one that is loaded.
    "declare const either: 'greet' | 'plain';",
    '(await loadPrompt(either)).render();',
    "declare const both: 'greet' | 'support/triage';",
    "(await loadPrompt(both)).render({ name: 'Ada', loud: true });",
    "(await loadPrompt(both)).render({ name: 'Ada', loud: true, ticket: 'x', customer: { plan: 'free' } });",
  ]);
  const told = compile(made);
  expect(told.map((line) => line.replace(/^bad\.ts\((\d+),.*$/, '$1'))).toEqual([
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    '10',
    '11',
    '13',
    '15',
  ]);
  expect(told[0]).toContain("Property 'customer' is missing");
  expect(told[7]).toContain('"support/tirage"');

  made.remove('bad.ts');
  made.write('evals/support/route.prompt.md', made.read('evals/support/triage.prompt.md'));
  made.remove('evals/support/triage.prompt.md');
  expect(await assay(made.root, ['types', '--check'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('assay types'),
  });
  expect(await assay(made.root, ['types'])).toMatchObject({ code: 0 });
  const renamed = compile(made);
  expect(renamed.length).toBeGreaterThan(0);
  expect(renamed[0]).toContain('"support/triage"');
});
