import * as fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { assertionTypes } from '../../src/assertions/map.js';
import { lockText } from '../../src/catalogue/lock-text.js';
import { discover } from '../../src/library/discover.js';
import { folderTree } from '../../src/library/folder-tree.js';
import { renderMessages } from '../../src/library/render.js';
import { loadPrompt, PromptError, type PromptLock } from '../../src/prompts/index.js';
import * as portable from '../../src/prompts/portable.js';
import { providerTypes } from '../../src/providers/map.js';
import type { Library } from '../../src/vocabulary.js';
import { type Content, PACKAGE, project } from '../support/project.js';
import { oneByOne } from '../../src/lists.js';

const CONFIG = 'assay.config.yaml';

async function libraryIn(root: string): Promise<Library> {
  return discover(folderTree(root), {
    ...(folderTree(root).has(CONFIG) && { configPath: CONFIG }),
    assertions: assertionTypes,
    providers: providerTypes,
    today: '2026-11-23',
  });
}

function lockOf(library: Library): PromptLock {
  return JSON.parse(lockText(library.prompts)) as PromptLock;
}

/** The promise's error. */
async function errorOf(promise: Promise<unknown>): Promise<PromptError> {
  const error: unknown = await promise.catch((each: unknown) => each);
  if (!(error instanceof PromptError)) throw new Error(`no PromptError: ${String(error)}`);
  return error;
}

/** A library with all that decides about a version in some way. */
const SETTINGS: Record<string, Content> = {
  'assay.config.yaml': [
    'library: [prompts, evals]',
    'models: [mock:echo]',
    'overrides:',
    '  - { files: "prompts/**", parameters: { maxTokens: 5, temperature: 1 }, owner: "@all" }',
    '  - { files: ["evals/a/*.prompt.md", "nothing"], parameters: { temperature: 0.5 }, structured: off }',
    '  - { files: "evals/a/in{n,}er.*", parameters: { openai: { reasoning: { effort: low } } } }',
  ],
  'prompts/_partials/tone.md': '{{! why: brand }}Be kind.\n{{> rule}}\n',
  'prompts/_partials/rule.md': 'Be brief, {{name}}.\n',
  'prompts/_partials/near/rule.md': 'x',
  'prompts/greet.prompt.md': [
    '---',
    'parameters: { temperature: 0, stop: ["END"] }',
    'input: { type: object, required: [name], properties: { name: { type: string }, items: { type: array, items: { type: object, properties: { q: { type: string } } } } } }',
    'tools: [{ name: find, description: Finds., parameters: { type: object } }]',
    '---',
    '{{#system}}',
    '  {{> tone}}',
    '{{/system}}',
    '{{#items}}{{#user}} {{q}} {{/user}}{{#assistant}}{{.}}{{/assistant}}{{/items}}',
    '{{#user}}{{^items}}Nothing.{{/items}}{{/user}}',
  ],
  'prompts/greet.cases.yaml': [
    'defaults: { assert: [{ type: contains, value: a }] }',
    'cases:',
    '  - { vars: { name: Ada } }',
    '  - { vars: { name: "{{name}} & <b>", items: [{ q: one }, { q: "" }] } }',
  ],
  'evals/a/inner.prompt.md': [
    '---',
    'output: { type: object }',
    'structured: auto',
    '---',
    'Say {{word}}{{#loud}}!{{/loud}}',
  ],
  'evals/a/inner.cases.yaml': [
    'defaults: { assert: [{ type: contains, value: a }] }',
    'cases: [{ vars: { word: a, loud: true } }, { vars: { word: [1, 2], loud: false } }]',
  ],
  'evals/a/outer.prompt.md': ['---', 'output: { type: object }', '---', 'Say {{word}}'],
  'evals/a/outer.cases.yaml': [
    'defaults: { assert: [{ type: contains, value: a }] }',
    'cases: [{ vars: { word: a } }]',
  ],
};

describe.each([
  ['the own library', () => PACKAGE],
  ['a library with overrides, partials and lists', () => project(SETTINGS).root],
  [
    'the same with CRLF line ends',
    () => {
      const { root, files, read, write } = project(SETTINGS);
      for (const file of files()) write(file, read(file).replaceAll('\n', '\r\n'));
      return root;
    },
  ],
])('an application renders what was evaluated: %s', (_name, rootOf) => {
  test('from files, from a lock, and without a file system', async () => {
    const root = rootOf();
    const library = await libraryIn(root);
    const lock = lockOf(library);
    expect(library.prompts.length).toBeGreaterThan(2);
    for (const prompt of library.prompts) {
      const found = [
        await loadPrompt(prompt.id, { root, version: prompt.version }),
        await loadPrompt(prompt.id, { lock, version: prompt.version }),
        await portable.loadPrompt(prompt.id, { lock, version: prompt.version }),
      ];
      for (const each of found) {
        const { id, version, parameters, output, structured, tools, input } = each;
        expect({ id, version, parameters, output, structured, tools, input }).toEqual({
          id: prompt.id,
          version: prompt.version,
          parameters: prompt.parameters,
          output: prompt.output,
          structured: prompt.structured,
          tools: prompt.tools,
          input: prompt.input,
        });
        for await (const { vars } of oneByOne(library.cases(prompt))) {
          expect(each.render(vars)).toEqual({ messages: renderMessages(prompt.template, vars).messages });
        }
      }
    }
  });
});

describe('which version', () => {
  test('is the one asked for, or none', async () => {
    const { root } = project(SETTINGS);
    const library = await libraryIn(root);
    const { version = '' } = library.prompts.find(({ id }) => id === 'greet') ?? {};
    for (const options of [{ root }, { lock: lockOf(library) }]) {
      const error = await errorOf(loadPrompt('greet', { ...options, version: '0123456789ab' }));
      expect(error.message).toBe(
        `prompt "greet" is version ${version}, and version 0123456789ab is asked for. Ship the version that was evaluated, or evaluate this one and ask for it.`,
      );
    }
  });

  test('a pin that is misspelt pins nothing, and is refused', async () => {
    const { root } = project(SETTINGS);
    const lock = lockOf(await libraryIn(root));
    const misspelt = { versio: '000000000000' };
    for (const given of [
      loadPrompt('a/inner', { root, ...misspelt }),
      loadPrompt('a/inner', { lock, ...misspelt }),
      portable.loadPrompt('a/inner', { lock, ...misspelt }),
    ]) {
      const { problems } = await errorOf(given);
      expect(problems).toMatchObject([{ code: 'unknown-load-option' }]);
    }
  });

  test('a change that the model would see makes another, in a partial of a partial, too', async () => {
    const { root, write } = project(SETTINGS);
    const before = await loadPrompt('greet', { root });
    write('prompts/_partials/rule.md', 'Be brief, dear {{name}}.\n');
    expect((await loadPrompt('greet', { root })).version).not.toBe(before.version);
    write('prompts/_partials/rule.md', 'Be brief, {{name}}.{{! why: no }}\n');
    expect((await loadPrompt('greet', { root })).version).toBe(before.version);
  });

  test('a lock file that was changed by hand is refused', async () => {
    const lock = lockOf(await libraryIn(project(SETTINGS).root));
    const changes: [string, string][] = [
      ['Be kind', 'Be rude'],
      ['"stop"', '"stopp"'],
      ['Finds.', 'Loses.'],
    ];
    for (const [was, is] of changes) {
      const changed = JSON.parse(JSON.stringify(lock).replace(was, is)) as PromptLock;
      expect((await errorOf(loadPrompt('greet', { lock: changed }))).message).toMatch(/was changed by hand/);
      expect((await errorOf(portable.loadPrompt('greet', { lock: changed }))).message).toMatch(/was changed by hand/);
    }
  });

  test('so is one in which the input, the id or the checksum was', async () => {
    const lock = lockOf(await libraryIn(project(SETTINGS).root));
    const { greet } = lock.prompts as { greet: { version: string; input: object; checksum?: string } };
    const { checksum: _, ...bare } = greet;
    const changes: [string, object, string][] = [
      ['greet', { ...greet, input: { ...greet.input, required: [] } }, 'was changed by hand'],
      ['greet', { ...greet, input: undefined }, 'was changed by hand'],
      ['other', greet, 'was changed by hand'],
      ['greet', bare, 'prompt "greet" is incomplete'],
    ];
    for (const [id, entry, message] of changes) {
      const changed = { ...lock, prompts: { [id]: entry } };
      const options = { lock: changed, version: greet.version };
      expect((await errorOf(loadPrompt(id, options))).message).toContain(message);
      expect((await errorOf(portable.loadPrompt(id, options))).message).toContain(message);
    }
  });

  test('also where the platform has no Web Crypto', async () => {
    const lock = JSON.stringify(lockOf(await libraryIn(project(SETTINGS).root)));
    vi.stubGlobal('crypto', undefined);
    try {
      const changed = JSON.parse(lock.replace('Be kind', 'Be rude')) as PromptLock;
      expect((await errorOf(portable.loadPrompt('greet', { lock: changed }))).message).toMatch(/was changed by hand/);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('where a prompt is looked for', () => {
  test('the nearest project upward is the default', async () => {
    const made = project(SETTINGS);
    const before = process.cwd();
    try {
      process.chdir(join(made.root, 'evals/a'));
      expect((await loadPrompt('a/outer')).render({ word: 'x' }).messages).toEqual([
        { role: 'user', content: 'Say x' },
      ]);
    } finally {
      process.chdir(before);
    }
  });

  test('a lock may be named by its path', async () => {
    const { root } = project(SETTINGS);
    const lock = join(root, 'prompts.lock.json');
    writeFileSync(lock, lockText((await libraryIn(root)).prompts));
    expect((await loadPrompt('a/outer', { lock })).id).toBe('a/outer');
    expect(readFileSync(lock, 'utf8')).toContain('"schemaVersion": 1');
    expect((await errorOf(loadPrompt('a/outer', { lock: join(root, 'none.json') }))).message).toContain(
      'cannot be read',
    );
    writeFileSync(lock, '<<<<<<< HEAD\n');
    expect((await errorOf(loadPrompt('a/outer', { lock }))).message).toContain('it is no JSON');
  });

  test.each([
    ['x', 'there is no prompt "x" in prompts or evals of'],
    ['../evals/a/outer', 'there is no prompt "../evals/a/outer"'],
    ['a/../a/outer', 'there is no prompt'],
    ['', 'there is no prompt ""'],
    ['a/outer.prompt.md', 'there is no prompt'],
  ])('%j is told as missing', async (id, message) => {
    const { root } = project(SETTINGS);
    expect((await errorOf(loadPrompt(id, { root }))).message).toContain(message);
  });

  test('a link that leads outside is not followed', async () => {
    const outside = project({ 'secret.prompt.md': 'secret {{x}}' });
    const { symlinkSync } = await import('node:fs');
    const { root } = project(SETTINGS);
    symlinkSync(join(outside.root, 'secret.prompt.md'), join(root, 'evals/secret.prompt.md'));
    expect((await errorOf(loadPrompt('secret', { root }))).message).toContain('is refused: it leads outside');
  });

  test('mistakes in a file are told with their places', async () => {
    const made = project({
      'evals/a.prompt.md': '---\nparameters: [1]\n---\n{{> none}}{{/x}}',
      'evals/b.prompt.md': '---\ninput: text\n---\n{{> none}}',
      'evals/c.prompt.md': '---\na: [\n---\nx',
      'evals/d.prompt.md': '---\na: 1',
    });
    const told = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (id) => (await errorOf(loadPrompt(id, { root: made.root }))).message),
    );
    expect(told).toEqual([
      expect.stringContaining('evals/a.prompt.md:4:11: {{/x}} closes'),
      expect.stringMatching(
        /^evals\/b\.prompt\.md:4:1: there is no partial "none"[^]*input must be a map of keys, not "text"/,
      ),
      expect.stringMatching(/^evals\/c\.prompt\.md:\d+:\d+: /),
      expect.stringMatching(/^evals\/d\.prompt\.md:1:1: /),
    ]);
  });

  test('arguments of other types and folders that are not there are told', async () => {
    const { root } = project(SETTINGS);
    const load = loadPrompt as (id?: unknown, options?: unknown) => Promise<unknown>;
    const inBrowser = portable.loadPrompt as typeof load;
    const calls: [Promise<unknown>, string][] = [
      [load(), 'the id is missing or of the wrong type'],
      [load(['a']), 'the id is missing'],
      [load('a/outer', null), 'what follows the id is missing or of the wrong type'],
      [load('a/outer', '1.0'), 'what follows the id is'],
      [load('a/outer', { root: null }), 'root is missing or of the wrong type'],
      [load('a/outer', { root: new URL('file:///srv') }), 'root is missing or of the wrong type'],
      [load('a/outer', { root: join(root, 'nope') }), `folder ${join(root, 'nope')} cannot be read (ENOENT)`],
      [load('a/outer', { root: join(root, CONFIG) }), 'there is no prompt "a/outer"'],
      [inBrowser(), 'the id is missing'],
      [inBrowser('a/outer', null), 'what follows the id is missing'],
    ];
    for (const [call, message] of calls) expect((await errorOf(call)).message).toContain(message);
  });

  test('what is no lock is told', async () => {
    const locks: [unknown, string][] = [
      [{}, 'it is no lock file'],
      [{ schemaVersion: 2, prompts: {} }, 'schemaVersion 2'],
      [{ schemaVersion: 1, prompts: { a: {} } }, 'prompt "a" is incomplete'],
      [{ schemaVersion: 1, prompts: { a: { version: 'x', messages: [{ m: 'user', p: [1] }] } } }, 'incomplete'],
      [{ schemaVersion: 1, prompts: { 'x/a': {} } }, 'Did you mean "x/a"?'],
      [{ schemaVersion: 1, prompts: { __proto__: null } }, 'there is no prompt "a"'],
    ];
    for (const [lock, message] of locks) {
      expect((await errorOf(loadPrompt('a', { lock: lock as PromptLock }))).message).toContain(message);
      expect((await errorOf(portable.loadPrompt('a', { lock }))).message).toContain(message);
    }
    expect((await errorOf(portable.loadPrompt('a'))).message).toContain('cannot be read from files here');
    expect((await errorOf(portable.loadPrompt('a', { lock: 'prompts.lock.json' }))).message).toContain('assay build');
  });
});

describe('variables', () => {
  test('are checked, and their values never printed', async () => {
    const { root } = project(SETTINGS);
    const greet = await loadPrompt('greet', { root });
    const told = (vars: object): string => {
      try {
        greet.render(vars);
      } catch (error) {
        return error instanceof PromptError ? error.message : String(error);
      }
      return 'rendered';
    };
    expect(told({})).toContain('the variables do not fit prompt "greet": "name" is missing.');
    expect(told({ name: undefined })).toContain('"name" is missing');
    expect(told({ name: 12345678 })).toContain('"name" must be text, not a number');
    expect(told({ name: 'a', nmae: 'secret' })).toContain('"nmae" is neither declared nor used');
    expect(told({ name: 'a', items: [{ q: 'x' }, { q: 3 }] })).toContain('"items[1].q" must be text, not a number');
    expect(told({ name: new Date(0) })).toContain('"name" must be JSON, not an object of class Date');
    expect(told({ name: 1n })).toContain('not a bigint');
    expect(told({ name: Number.NaN })).toContain('"name" must be JSON, not NaN');
    expect(told({ name: 'a', items: [() => 'secret'] })).toContain('"items[0]" must be JSON, not a function');
    expect(told(JSON.parse('{"name": "a", "__proto__": {"items": 1}}') as object)).toContain(
      'neither declared nor used',
    );
    const cycle: Record<string, unknown> = { name: 'a' };
    cycle.items = [cycle];
    expect(told(cycle)).toContain('or holds itself');
    expect(told({ name: 'a' })).toBe('rendered');
  });

  test('without input, all that a tag would print must be given', async () => {
    const { root } = project({ 'evals/a.prompt.md': '{{x}}{{#list}}{{y}}{{/list}}' });
    const prompt = await loadPrompt('a', { root });
    expect(() => prompt.render()).toThrow(
      '"x" is missing; "list" is missing. Give the variables that its template uses, as JSON values;',
    );
    expect(() => prompt.render({ x: 1, list: [{}] })).toThrow('"y" is missing');
    expect(prompt.render({ x: 1, list: [] }).messages).toEqual([{ role: 'user', content: '1' }]);
  });
});

describe('a lock of any template', () => {
  test('renders the same messages', async () => {
    const text = fc.stringMatching(/^[a-z .\n]{0,8}$/);
    const { body } = fc.letrec<{ body: string }>((tie) => ({
      body: fc
        .array(
          fc.oneof(
            { depthSize: 'small', withCrossShrink: true },
            text,
            fc.constantFrom('{{a}}', '{{b.c}}', '{{! why: x }}', '{{> p}}', '\n{{> p}}\n'),
            tie('body').map((inner) => `{{#list}}${inner}{{/list}}`),
            tie('body').map((inner) => `{{^list}}\n${inner}\n{{/list}}\n`),
          ),
          { maxLength: 4 },
        )
        .map((parts) => parts.join('')),
    }));
    const role = fc.constantFrom('system', 'user', 'assistant');
    const message = fc.tuple(role, body).map(([name, inner]) => `{{#${name}}}${inner}{{/${name}}}\n`);
    const listed = fc.array(message, { maxLength: 2 }).map((list) => `{{#list}}\n${list.join('')}{{/list}}\n`);
    const template = fc.oneof(
      body,
      fc.array(fc.oneof(message, listed), { maxLength: 3 }).map((list) => `${list.join('')}{{#user}}go{{/user}}`),
    );
    const vars = fc.record({
      a: fc.oneof(fc.string(), fc.integer(), fc.constant(' x ')),
      b: fc.constantFrom({ c: 1 }, { c: { d: 2 } }, {}, 'x'),
      list: fc.constantFrom(true, false, [], [1], [{ a: 'inner' }, { b: { c: 0 } }], { a: '' }),
    });
    await fc.assert(
      fc.asyncProperty(template, vars, async (written, given) => {
        fc.pre(written.trim() !== '');
        const made = project({
          'evals/x.prompt.md': `---\nmodels: [mock:echo]\ninput: { type: object }\n---\n${written}`,
          'evals/_partials/p.md': 'P {{a}}',
        });
        const { prompts, lock } = await asLock(made.root);
        fc.pre(prompts > 0);
        const fromFiles = await loadPrompt('x', { root: made.root });
        const locked = await loadPrompt('x', { lock });
        expect(locked.version).toBe(fromFiles.version);
        expect(rendered(locked, given)).toEqual(rendered(fromFiles, given));
      }),
      { numRuns: 60 },
    );
  });
});

function rendered(prompt: { render(vars?: object): unknown }, vars: object): unknown {
  try {
    return prompt.render(vars);
  } catch (error) {
    return error instanceof PromptError ? error.problems[0]?.code : error;
  }
}

async function asLock(root: string): Promise<{ prompts: number; lock: PromptLock }> {
  const { readPrompts } = await import('../../src/library/prompts.js');
  const { prompts } = readPrompts(folderTree(root), undefined, providerTypes);
  return { prompts: prompts.length, lock: JSON.parse(lockText(prompts)) as PromptLock };
}
