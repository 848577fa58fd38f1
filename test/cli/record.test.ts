import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { CASES, casesFile, echo, RECORDINGS } from './echo.js';
import { expectReports } from './report.js';
import { test } from './test.js';

interface Row {
  case: string;
  model: string;
  repeat: number;
  purpose: string;
}

describe.concurrent('recordings', () => {
  test('record calls what is missing, once; replay then needs nobody', async ({ echoProject }) => {
    const made = await echoProject({ cases: 3 });
    expect((await made.evaluate(['--mode', 'record'])).code).toBe(0);
    expect(made.asked()).toEqual({ c01: 1, c02: 1, c03: 1 });
    const first = made.read(RECORDINGS);

    made.server.forget();
    const again = await made.evaluate(['--mode', 'record']);
    expect(again.code).toBe(0);
    expect(made.server.requests).toEqual([]);
    expect(made.read(RECORDINGS)).toBe(first);

    made.write(CASES, casesFile(['c00', 'c01', 'c02', 'c03', 'c04']));
    await made.evaluate(['--mode', 'record']);
    expect(made.asked()).toEqual({ c00: 1, c04: 1 });
    const kept = made.read(RECORDINGS).split('\n').slice(1, 4);
    expect(kept).toEqual(first.trimEnd().split('\n'));

    await made.server.close();
    const replay = await made.evaluate([]);
    expect(replay.code).toBe(0);
    expect(expectReports(made, replay).evals[0]?.results.map((each) => each.source)).toEqual(
      Array.from({ length: 5 }, () => 'recording'),
    );
    expect(replay.stdout).toMatch(/these recordings pass; no model was asked/);
  });

  test('of a prompt that was renamed without them are told, where it lacks them', async ({ echoProject }) => {
    const made = await echoProject({ cases: 3 });
    await made.evaluate(['--mode', 'record']);
    for (const kind of ['prompt.md', 'cases.yaml']) {
      made.write(`evals/said.${kind}`, made.read(`evals/echo.${kind}`));
      made.remove(`evals/echo.${kind}`);
    }
    const renamed = await made.evaluate([]);
    const said = 'fixtures/recordings/said.jsonl';
    expect(renamed.code).toBe(3);
    expect(expectReports(made, renamed).notes).toContain(
      `${RECORDINGS} holds replies that "said" lacks: if it was renamed, rename them to ${said}`,
    );
    made.write(said, made.read(RECORDINGS));
    made.remove(RECORDINGS);
    const moved = await made.evaluate([]);
    expect(moved.code).toBe(0);
    expect(expectReports(made, moved).notes?.join('\n') ?? '').not.toContain('lacks');
  });

  test('rows are sorted by case, model and repeat, whatever order the replies came in', async ({ echoProject }) => {
    const made = await echoProject({
      cases: 6,
      config: ['repeats: 2'],
      script: async (seen, id) => {
        await sleep(id < 'c03' ? 60 : 5);
        return echo(seen);
      },
    });
    await made.evaluate(['--mode', 'record', '--model', 'local:echo', '--model', 'local:b', '--model', 'local:a']);
    const rows = made
      .read(RECORDINGS)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    expect(rows).toHaveLength(6 * 2 * 3);
    const names = rows.map((row) => `${row.case} ${row.model} ${row.repeat} ${row.purpose}`);
    expect(names).toEqual(names.toSorted());
    expect(made.files('fixtures')).toEqual([RECORDINGS]);
  });

  test('recording anew the same replies changes no byte', async ({ echoProject }) => {
    const made = await echoProject({ cases: 4 });
    await made.evaluate(['--mode', 'record']);
    const first = made.read(RECORDINGS);
    await made.evaluate(['--mode', 'record', '--refresh']);
    expect(made.asked()).toEqual({ c01: 2, c02: 2, c03: 2, c04: 2 });
    expect(made.read(RECORDINGS)).toBe(first);
  });

  test('recording anew another reply changes its line only', async ({ echoProject }) => {
    const made = await echoProject({ cases: 3 });
    await made.evaluate(['--mode', 'record']);
    const [first, , third] = made.read(RECORDINGS).split('\n');
    made.server.script((seen) => {
      const reply = echo(seen);
      return JSON.stringify(seen.json).includes('c02')
        ? { json: JSON.parse(JSON.stringify(reply.json).replace('you', 'YOU')) }
        : reply;
    });
    await made.evaluate(['--mode', 'record', '--refresh']);
    const lines = made.read(RECORDINGS).split('\n');
    expect([lines[0], lines[2]]).toEqual([first, third]);
    expect(lines[1]).toContain('YOU said: say c02');
  });

  test('live stores nothing, and asks for what is recorded, too', async ({ echoProject }) => {
    const made = await echoProject({ cases: 2 });
    await made.evaluate(['--mode', 'record']);
    const first = made.read(RECORDINGS);
    await made.evaluate(['--mode', 'live']);
    expect(made.asked()).toEqual({ c01: 2, c02: 2 });
    expect(made.read(RECORDINGS)).toBe(first);
  });

  test('failures are not recorded: the next run asks again', async ({ echoProject }) => {
    const refuse = { status: 400, json: { error: { message: 'not now', type: 'invalid_request_error' } } };
    let down = true;
    const made = await echoProject({ cases: 2, script: (_seen, id) => (down && id === 'c02' ? refuse : undefined) });
    expect((await made.evaluate(['--mode', 'record'])).code).toBe(3);
    down = false;
    made.server.forget();
    expect((await made.evaluate(['--mode', 'record'])).code).toBe(0);
    expect(made.asked()).toEqual({ c02: 1 });
  });

  test('a dry run says what would be called, and calls and writes nothing', async ({ echoProject }) => {
    const made = await echoProject({ cases: 3 });
    await made.evaluate(['--mode', 'record', '--filter', 'echo/c01']);
    made.server.forget();
    const before = made.files();
    const { code, stdout } = await made.evaluate(['--mode', 'record', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/mode record: 2 of 3 trials would be called/);
    const { stdout: json } = await made.evaluate(['--mode', 'live', '--dry-run', '--json']);
    expect(JSON.parse(json)).toMatchObject({ mode: 'live', evals: [{ prompt: 'echo', trials: 3, calls: 3 }] });
    expect(made.server.requests).toEqual([]);
    expect(made.files()).toEqual(before);
  });
});

describe.concurrent('what a model sees decides', () => {
  const front = ['why: because', 'owner: me', 'parameters: { temperature: 0 }'];
  const template = '{{! why: short answers }}{{#user}}{{text}}{{/user}}';

  test('what it does not see needs no new recording', async ({ echoProject }) => {
    const made = await echoProject({ cases: 2, front, template });
    await made.evaluate(['--mode', 'record']);
    made.server.forget();
    const version = async () => (await made.evaluate([])).report?.evals[0]?.prompt.version;
    const first = await version();
    expect(first).toMatch(/^[0-9a-f]{12}$/);

    made.write('evals/echo.prompt.md', [
      '---',
      'parameters: { temperature: 0.0 }',
      'owner: "@you"',
      'tags: [new]',
      'why: another reason',
      'changelog: [{ date: 2026-11-22, why: "Said why." }]',
      '---',
      '{{! why: another comment }}',
      '{{# user }}{{ text }}{{/ user }}',
    ]);
    expect(await version()).toBe(first);
    made.write('evals/echo.prompt.md', made.read('evals/echo.prompt.md').replaceAll('\n', '\r\n'));
    made.write(CASES, made.read(CASES).replaceAll('\n', '\r\n'));
    expect(await version()).toBe(first);
    expect((await made.evaluate([])).code).toBe(0);
    expect(made.server.requests).toEqual([]);
  });

  test('what it sees needs one, and replay says so', async ({ echoProject }) => {
    const made = await echoProject({ cases: 1, front, template, files: { 'evals/_partials/end.md': ' please' } });
    const { report } = await made.evaluate(['--mode', 'record']);
    const versions = new Set([report?.evals[0]?.prompt.version]);
    const changes: Record<string, string[]> = {
      'the template': ['---', ...front, '---', '{{#user}}{{text}}!{{/user}}'],
      'a partial': ['---', ...front, '---', '{{#user}}{{text}}{{> end}}{{/user}}'],
      'a parameter': ['---', 'parameters: { temperature: 1 }', '---', template],
      'the output schema': ['---', ...front, 'output: { type: string }', '---', template],
      'a tool': ['---', ...front, 'tools: [{ name: look, parameters: { type: object } }]', '---', template],
    };
    for (const [what, prompt] of Object.entries(changes)) {
      made.write('evals/echo.prompt.md', prompt);
      const outcome = await made.evaluate([]);
      expect(outcome.code, what).toBe(3);
      expect(outcome.report?.reasons.join('\n'), what).toMatch(/1 of 1 not recorded/);
      versions.add(outcome.report?.evals[0]?.prompt.version);
    }
    expect(versions.size).toBe(Object.keys(changes).length + 1);
  });
});
