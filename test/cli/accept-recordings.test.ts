import { describe, expect } from 'vitest';
import { chatAnswer } from '../support/replies.js';
import { CASES, casesFile, type EchoOptions, RECORDINGS, userText } from './echo.js';
import { test } from './test.js';

const GRADED = [
  'defaults: { assert: [{ type: judge, value: Is polite, options: { model: local:judge } }] }',
  ...casesFile(['c01', 'c02']),
];

/** Two models that answer differently, and a judge of both: its rows lie in one file, and none says whose answer it is about. */
function judged(more: Partial<EchoOptions> = {}): EchoOptions {
  return {
    files: { [CASES]: GRADED, ...more.files },
    config: ['judge: { model: local:judge }', ...(more.config ?? [])],
    script: (seen) => {
      const { model } = seen.json as { model: string };
      const text = model === 'judge' ? '{"reason":"fine","score":1}' : `${model} says: ${userText(seen)}`;
      return { json: chatAnswer(text) };
    },
  };
}

const TWO = 'models: [local:a, local:b]';

describe.concurrent('accept drops no recording', () => {
  test('of graders of a model that is accepted, and that the run did not have', async ({ echoProject }) => {
    const made = await echoProject(judged());
    made.write('assay.config.yaml', made.read('assay.config.yaml').replace(/models: .*/, TWO));
    const recorded = await made.evaluate(['--mode', 'record']);
    expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0);
    expect((await made.assay(['accept'])).code).toBe(0);
    const before = made.read(RECORDINGS);
    expect(before.trimEnd().split('\n')).toHaveLength(8);

    await made.evaluate(['--model', 'local:a']);
    const accepted = await made.assay(['accept']);
    expect(accepted).toMatchObject({ code: 0, stdout: expect.not.stringContaining('dropped') });
    expect(made.read(RECORDINGS)).toBe(before);
    expect((await made.evaluate([])).code).toBe(0);
  });

  test('that the files still plan, though the run had fewer models and repeats', async ({ echoProject }) => {
    const made = await echoProject(judged({ config: ['repeats: 2'] }));
    made.write('assay.config.yaml', made.read('assay.config.yaml').replace(/models: .*/, TWO));
    expect((await made.evaluate(['--mode', 'record'])).code).toBe(0);
    const before = made.read(RECORDINGS);
    expect(before.trimEnd().split('\n')).toHaveLength(16);

    expect((await made.evaluate(['--model', 'local:a', '--repeats', '1'])).code).toBe(0);
    expect((await made.assay(['accept'])).code).toBe(0);
    expect(made.read(RECORDINGS)).toBe(before);
    expect((await made.evaluate([])).code).toBe(0);
  });

  test('of graders of finished outputs', async ({ echoProject }) => {
    const outputs = ['c01', 'c02'].map((id) => JSON.stringify({ id, output: `polite ${id}` }));
    const made = await echoProject(judged({ files: { 'outputs.jsonl': outputs } }));
    const config = made.read('assay.config.yaml');
    const finished = 'providers: { done: { type: outputs, path: outputs.jsonl }, ';
    made.write(
      'assay.config.yaml',
      config.replace('providers: { ', finished).replace(/models: .*/, 'models: [done:v1]'),
    );
    const recorded = await made.evaluate(['--mode', 'record']);
    expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0);
    const before = made.read(RECORDINGS);

    expect((await made.assay(['accept'])).code).toBe(0);
    expect(made.has(RECORDINGS) && made.read(RECORDINGS)).toBe(before);
    expect((await made.evaluate([])).code).toBe(0);
  });

  test('of graders where an accepted model cannot be replayed, since its provider is gone', async ({ echoProject }) => {
    const made = await echoProject(judged());
    const config = made.read('assay.config.yaml').replace(/models: .*/, 'models: [local:a]');
    made.write('assay.config.yaml', config);
    await made.evaluate(['--mode', 'record']);
    await made.assay(['accept']);
    const before = made.read(RECORDINGS).trimEnd().split('\n');
    made.write('assay.config.yaml', config.replaceAll('local', 'other').replace('other:a', 'other:b'));
    made.write(CASES, made.read(CASES).replaceAll('local', 'other'));
    expect((await made.evaluate(['--mode', 'record'])).code).toBe(0);
    expect((await made.assay(['accept'])).code).toBe(0);
    expect(made.read(RECORDINGS).split('\n')).toEqual(expect.arrayContaining(before));
  });
});

test('accept drops what graders said of answers that are recorded no more', async ({ echoProject }) => {
  const made = await echoProject(judged());
  made.write('assay.config.yaml', made.read('assay.config.yaml').replace(/models: .*/, TWO));
  await made.evaluate(['--mode', 'record']);
  await made.assay(['accept']);
  made.write(CASES, made.read(CASES).replaceAll('say c0', 'please say c0'));
  await made.evaluate(['--mode', 'record']);
  expect(made.read(RECORDINGS).trimEnd().split('\n')).toHaveLength(16);
  expect((await made.assay(['accept'])).stdout).toContain('8 recordings');
  expect((await made.evaluate([])).code).toBe(0);
});
