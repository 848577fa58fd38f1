import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BUILD, PACKAGE, type Project, project } from '../support/project.js';

/** A copy of the build, of which nothing is kept yet. */
function newBuild(): string {
  // Within the package's own modules, so that it finds what the build finds.
  const folder = mkdtempSync(join(PACKAGE, 'node_modules/.new-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const build = join(folder, 'dist');
  const needed = ['cli/main.js', 'bundled'];
  for (const each of needed) {
    cpSync(join(BUILD, each), join(build, each), { recursive: true, filter: (file) => !/[\\/]compiled$/.test(file) });
  }
  cpSync(join(PACKAGE, 'package.json'), join(folder, 'package.json'));
  return build;
}

const LIBRARY = {
  'assay.config.yaml': 'models: ["mock:echo"]\nmode: live\n',
  'evals/greet.prompt.md': '{{#user}}Hello {{name}}{{/user}}\n',
  'evals/greet.cases.yaml':
    'defaults:\n  assert:\n    - { type: icontains, value: hello }\ncases:\n  - { id: one, vars: { name: Ada } }\n',
};

const folderOf = (build: string): string => join(build, 'bundled/compiled');
const kept = (build: string): string[] => (existsSync(folderOf(build)) ? readdirSync(folderOf(build)).toSorted() : []);
const coreOf = (build: string): string =>
  join(folderOf(build), kept(build).find((name) => name.startsWith('core-')) ?? '');

/** What a run prints and ends with, but for its id and times. */
async function run(made: Project, build: string, env: Record<string, string> = { CI: '' }) {
  const { code, signal, stdout, stderr, report } = await made.assay(['eval'], { build, env });
  return { code, signal, stdout: stdout.replaceAll(/\d+(?:\.\d+)? m?s/g, '# s'), stderr, evals: report?.evals.length };
}

test('what a run compiled is kept once, and the next ends as the first did', async () => {
  const build = newBuild();
  const made = project(LIBRARY);
  const first = await run(made, build);
  expect(first).toMatchObject({ code: 0, evals: 1 });
  const names = kept(build);
  expect(names.map((name) => name.replace(/-.*/, ''))).toEqual(expect.arrayContaining(['common', 'core', 'start']));
  const times = names.map((name) => statSync(join(folderOf(build), name)).mtimeMs);
  expect(await run(made, build)).toEqual(first);
  expect(kept(build)).toEqual(names);
  expect(names.map((name) => statSync(join(folderOf(build), name)).mtimeMs)).toEqual(times);
});

test('it is taken for the source that it was made of only, even where another is as long', async () => {
  const build = newBuild();
  const made = project(LIBRARY);
  await run(made, build);
  const core = join(build, 'bundled/core.cjs');
  const source = readFileSync(core, 'utf8');
  expect(source).toContain('exit ${');
  writeFileSync(core, source.replaceAll('exit ${', 'EXIT ${'));
  expect((await run(made, build)).stdout).toContain('EXIT 0');
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['of zeros from the middle', (bytes) => Buffer.from(bytes).fill(0, bytes.length >> 1)],
  ['empty', () => Buffer.alloc(0)],
])('what is damaged is not run, and made again: %s', async (_, damage) => {
  const build = newBuild();
  const made = project(LIBRARY);
  const first = await run(made, build);
  const whole = readFileSync(coreOf(build));
  writeFileSync(coreOf(build), damage(whole));
  expect(await run(made, build)).toEqual(first);
  expect(readFileSync(coreOf(build)).length).toBeGreaterThan(whole.length / 2);
  expect(kept(build).filter((name) => !name.endsWith('.bin'))).toEqual([]);
});

test('nothing is kept in CI, after a mistake, and where it cannot be written', async () => {
  const build = newBuild();
  const made = project(LIBRARY);
  const expected = await run(made, build, { CI: 'true' });
  expect(kept(build)).toEqual([]);
  const wrong = project({ ...LIBRARY, 'evals/greet.cases.yaml': 'cases: 1\n' });
  expect(await run(wrong, build)).toMatchObject({ code: 2 });
  expect(kept(build)).toEqual([]);
  writeFileSync(folderOf(build), 'no folder');
  expect(await run(made, build)).toEqual(expected);
});
