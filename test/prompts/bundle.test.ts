import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { assay } from '../docs/run.js';
import { BUILD, PACKAGE, project } from '../support/project.js';
import { linkPackage } from './package.js';

const FILES = {
  'evals/greet.prompt.md': [
    '---',
    'models: [mock:echo]',
    'input: { type: object, required: [name], properties: { name: { type: string } } }',
    '---',
    '{{#system}}Be kind.{{! why: brand }}{{/system}}{{#user}}Greet {{name}}.{{/user}}',
  ],
  'evals/few.prompt.md': [
    '---',
    'models: [mock:echo]',
    'input: { type: object, required: [name], properties: { name: { $ref: "#/$defs/n" } }, $defs: { n: { maxLength: 3 } } }',
    '---',
    'Greet {{name}}.',
  ],
  'app.mjs': [
    "import { loadPrompt, PromptError } from 'promptassay/prompts';",
    "import lock from './prompts.lock.json' with { type: 'json' };",
    "export async function greet(name, version, id = 'greet') {",
    '  try {',
    '    return (await loadPrompt(id, { lock, ...(version && { version }) })).render({ name }).messages;',
    '  } catch (error) {',
    '    if (error instanceof PromptError) return error.message;',
    '    throw error;',
    '  }',
    '}',
  ],
};

const PUBLIC = ['PromptError', 'loadPrompt'];

test('an application is bundled for a browser, and renders without files, process and modules', async () => {
  const made = project(FILES);
  linkPackage(made.root);
  expect(await assay(made.root, ['build'])).toMatchObject({ code: 0 });
  const bundle = await rolldown({ input: join(made.root, 'app.mjs'), cwd: made.root, platform: 'browser' });
  const { output: chunks } = await bundle.generate({ format: 'esm', minify: true });
  const { output } = await bundle.generate({ format: 'iife', name: 'app', minify: true });
  await bundle.close();
  // What a page loads: a little more than what `node bench/load-prompt.mjs` prints. The rest is for an `input` that few prompts have.
  const [page, ...rest] = chunks;
  expect(page.code.length).toBeLessThan(16_000);
  expect(gzipSync(page.code).length).toBeLessThan(6000);
  expect(page.imports).toEqual([]);
  expect(rest.map(({ name }) => name)).toEqual(['full-check']);
  expect(output).toHaveLength(1);
  const { code } = output[0];
  expect(code).not.toMatch(/\brequire\(|node:|import\(/);
  expect(code.length).toBeLessThan(22_000);

  const world = createContext({});
  runInContext(`${code}; globalThis.greet = app.greet;`, world, { filename: 'app.js' });
  const greet = (...args: string[]) => {
    const asked = `greet(${args.map((each) => JSON.stringify(each)).join(', ')}).then((found) => JSON.stringify(found))`;
    return runInContext(asked, world) as Promise<string>;
  };
  expect(JSON.parse(await greet('{{Ada}}'))).toEqual([
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Greet {{Ada}}.' },
  ]);
  expect(await greet('Ada', '0123456789ab')).toMatch(
    /prompt \\"greet\\" is version [0-9a-f]{12}, and version 0123456789ab is/,
  );
  expect(await runInContext('greet(1).then(String)', world)).toMatch(/"name" must be text, not a number/);
  expect(await runInContext("greet('Anna', undefined, 'few').then(String)", world)).toMatch(
    /"name" must have at most 3 characters/,
  );
});

test('an application that is bundled for Node reads files, and tells what is missing, away from the package', async () => {
  const made = project(FILES);
  linkPackage(made.root);
  made.write('node.mjs', [
    "import { loadPrompt } from 'promptassay/prompts';",
    "console.log(JSON.stringify((await loadPrompt('greet')).render({ name: 'Ada' }).messages));",
    "console.log(await loadPrompt('other/greet').catch((error) => error.message));",
  ]);
  const bundle = await rolldown({ input: join(made.root, 'node.mjs'), cwd: made.root, platform: 'node' });
  await bundle.write({ dir: join(made.root, 'out'), format: 'esm' });
  await bundle.close();
  made.remove('node_modules/promptassay');
  const out = execFileSync(process.execPath, ['out/node.js'], { cwd: made.root, encoding: 'utf8' }).split('\n');
  expect(JSON.parse(out[0] ?? '')).toEqual([
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Greet Ada.' },
  ]);
  expect(out[1]).toContain('there is no prompt "other/greet" in evals of');
});

test.each(['esm', 'cjs'] as const)('an application bundled as %s tells what it needs fast-glob for', async (format) => {
  const overrides = (pattern: string) => [
    'models: [mock:echo]',
    `overrides: [{ files: ${JSON.stringify(pattern)}, parameters: { maxTokens: 5 } }]`,
  ];
  const made = project(FILES);
  linkPackage(made.root);
  made.write('node.mjs', [
    "import { loadPrompt, PromptError } from 'promptassay/prompts';",
    'const told = (error) => error instanceof PromptError ? error.message : `no PromptError: ${error}`;',
    'const found = loadPrompt(process.argv[2]).then(({ parameters }) => JSON.stringify(parameters), told);',
    'found.then(console.log);',
  ]);
  const bundle = await rolldown({ input: join(made.root, 'node.mjs'), cwd: made.root, platform: 'node' });
  await bundle.write({
    dir: join(made.root, 'out'),
    format,
    entryFileNames: `app.${format === 'cjs' ? 'cjs' : 'mjs'}`,
  });
  await bundle.close();
  made.remove('node_modules/promptassay');
  const load = (id: string) => {
    const args = [`out/app.${format === 'cjs' ? 'cjs' : 'mjs'}`, id];
    return execFileSync(process.execPath, args, { cwd: made.root, encoding: 'utf8' }).trim();
  };
  expect(load('nope')).toMatch(/^there is no prompt "nope" in evals of/);
  made.write('assay.config.yaml', overrides('./evals/**'));
  expect(load('greet')).toBe('{"maxTokens":5}');
  made.write('assay.config.yaml', overrides('evals/@(a|greet)*'));
  expect(load('greet')).toMatch(/^files cannot be matched with "evals\/@\(a\|greet\)\*" here.*fast-glob.*lock file/s);
});

test('exports what is public, and no part of itself', async () => {
  const names = await Promise.all(
    ['index', 'portable'].map(async (entry) => {
      const url = pathToFileURL(join(BUILD, `prompts/${entry}.js`)).href;
      return Object.keys((await import(url)) as object).toSorted();
    }),
  );
  expect(names).toEqual([PUBLIC, PUBLIC]);
});

test('what Node loads of it are its own few files: no SDK, no validator, no parser that is not inside', () => {
  const folder = join(BUILD, 'prompts');
  const files = ['index.js', 'portable.js', ...readdirSync(join(folder, 'bundled')).map((name) => `bundled/${name}`)];
  const texts = files.filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(folder, name), 'utf8'));
  const quoted = '["\'`]([^"\'`]+)["\'`]';
  const ways = new RegExp(`(?:\\bfrom|\\bimport\\(|\\brequire\\(|import\\.meta\\.url\\)\\()\\s*${quoted}`, 'g');
  const imported = texts.flatMap((text) => [...text.matchAll(ways)].map(([, name = '']) => name));
  const foreign = new Set(imported.filter((name) => !/^(?:\.|node:)/.test(name)));
  expect([...foreign]).toEqual(['fast-glob']);
  expect(readFileSync(join(folder, 'bundled/LICENSES.txt'), 'utf8')).toMatch(/^mustache\n\n[^]+\nyaml\n\nCopyright/m);
  const { dependencies } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { dependencies: object };
  expect(Object.keys(dependencies)).toContain('fast-glob');
});

test('an error that nobody catches is printed with little around it', () => {
  const made = project(FILES);
  linkPackage(made.root);
  made.write('start.mjs', "import { loadPrompt } from 'promptassay/prompts';\nawait loadPrompt('nope');\n");
  const { status, stderr } = spawnSync(process.execPath, ['start.mjs'], { cwd: made.root, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('PromptError: there is no prompt "nope"');
  expect(stderr.indexOf('PromptError:')).toBeLessThan(600);
  expect(stderr.length).toBeLessThan(2500);
});
