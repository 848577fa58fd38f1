import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe as group, expect, test, vi } from 'vitest';
import { trialKey } from '../../src/eval-key.js';
import { type JournalHeader, openJournal, resumeJournal } from '../../src/journal/journal.js';
import { indexJournal, openResults, readJournal } from '../../src/journal/reader.js';
import type { TrialResult } from '../../src/vocabulary.js';
import { openFiles } from '../support/open-files.js';

let folder = '';
let path = '';
const options = { redact: (text: string) => text };
const header: JournalHeader = {
  info: { id: 'run-1', startedAt: '2026-01-01T00:00:00Z' },
  fingerprint: { configHash: 'abc', prompts: { a: { version: '1', cases: 'x' }, b: { version: '2', cases: 'y' } } },
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'reports', 'run.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

function completed(id: string, output = 'yes'): TrialResult {
  const completion = { output, finishReason: 'stop' as const };
  const name = { prompt: 'p', model: 'm', case: id, repeat: 1 };
  return { ...name, status: 'completed', completion, source: 'call', attempts: 1, scores: [], pass: true, score: 1 };
}

function errored(id: string): TrialResult {
  const failure = { kind: 'server' as const, message: 'down' };
  return { prompt: 'p', model: 'm', case: id, repeat: 1, status: 'errored', failure, attempts: 4 };
}

const keyOf = (id: string) => trialKey({ prompt: 'p', model: 'm', case: id, repeat: 1 });

async function written(...results: TrialResult[]): Promise<void> {
  const journal = await openJournal(path, header, options);
  for (const result of results) await journal.append(result);
  await journal.close();
}

async function kinds(): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of readJournal(path)) found.push(entry.kind);
  return found;
}

function withoutCanary(text: string): string {
  return text.replaceAll('sk-CANARY', '[redacted]');
}

test('a run is a header, its trials and an end', async () => {
  const journal = await openJournal(path, header, options);
  await journal.append(completed('a'));
  await journal.append(errored('b'));
  await journal.end({ complete: true });
  await journal.flushed();
  await journal.close();
  const entries = [];
  for await (const entry of readJournal(path)) entries.push(entry);
  expect(entries).toMatchObject([
    { kind: 'run', header: { schemaVersion: 2, ...header } },
    { kind: 'trial', result: completed('a') },
    { kind: 'trial', result: errored('b') },
    { kind: 'end', facts: { complete: true } },
  ]);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a call is known to who goes on, until its trial has a completion', async () => {
  const journal = await openJournal(path, header, options);
  const trialOf = (id: string) => ({ prompt: 'p', model: 'm', case: id, repeat: 1 });
  const call = (id: string, name: string) => journal.note({ trial: trialOf(id), name, attempts: 2 });
  await Promise.all([call('a', 'trial'), call('b', 'trial'), call('b', 'judge'), call('c', 'trial')]);
  await journal.append(completed('a'));
  await journal.append(errored('c'));
  await journal.close();
  expect(await kinds()).toEqual(['run', 'call', 'call', 'call', 'call', 'trial', 'trial']);
  const { calls, trials } = (await indexJournal(path)) ?? {};
  const attempts = Object.fromEntries([...(calls ?? [])].map(([key, names]) => [key, Object.fromEntries(names)]));
  expect(attempts).toEqual({ [keyOf('b')]: { trial: 2, judge: 2 }, [keyOf('c')]: { trial: 2 } });
  expect([...(trials ?? [])].map(([key]) => key)).toEqual([keyOf('a'), keyOf('c')]);
});

test('a trial is in the file when append resolves, before anything is closed', async () => {
  const journal = await openJournal(path, header, options);
  await journal.append(completed('a'));
  expect(readFileSync(path, 'utf8')).toContain('"case":"a"');
  await journal.close();
});

test('trials appended at once are all written whole, and found again at their places in any order', async () => {
  const journal = await openJournal(path, header, options);
  const ids = Array.from({ length: 500 }, (_, index) => `é${index}`);
  const places = await Promise.all(ids.map((id) => journal.append(completed(id, id.repeat(numberOf(id) % 300)))));
  await journal.close();
  const results = openResults(path);
  for (const [at, id] of [...ids.entries()].toReversed()) {
    const place = places[at];
    expect(place && results.at(place)).toEqual(completed(id, id.repeat(numberOf(id) % 300)));
  }
  results.close();
  expect((await indexJournal(path))?.trials.size).toBe(500);
});

function numberOf(id: string): number {
  return Number(id.slice(1));
}

test('what a model wrote cannot break a line, and secrets do not get in', async () => {
  const journal = await openJournal(path, { ...header, note: 'sk-CANARY' }, { redact: withoutCanary });
  const output = 'a\n{"kind":"end"}\r\u2028\ud800 sk-CANARY \u0000';
  const place = await journal.append(completed('a', output));
  await journal.end({ why: 'sk-CANARY' });
  await journal.close();
  expect(await kinds()).toEqual(['run', 'trial', 'end']);
  expect(readFileSync(path, 'utf8')).not.toContain('CANARY');
  const results = openResults(path);
  expect(results.at(place)).toEqual(completed('a', output.replace('sk-CANARY', '[redacted]')));
  results.close();
});

test('a new run takes the place of the old journal', async () => {
  await written(completed('a'), completed('b'));
  await written(completed('c'));
  expect([...((await indexJournal(path))?.trials ?? [])].map(([key]) => key)).toEqual([keyOf('c')]);
});

group('resume', () => {
  test('tells what is done, and what was tried and must be tried again', async () => {
    await written(completed('a'), errored('b'));
    const { journal, kept } = await resumeJournal(path, header, options);
    expect(kept?.header).toMatchObject({ info: { id: 'run-1' } });
    expect([...(kept?.trials ?? [])].map(([key, { status }]) => [key, status])).toEqual([
      [keyOf('a'), 'completed'],
      [keyOf('b'), 'errored'],
    ]);
    await journal.append(completed('b'));
    await journal.end({ complete: true });
    await journal.close();
    const index = await indexJournal(path);
    expect(index?.trials.get(keyOf('b'))?.status).toBe('completed');
    expect(index?.end).toEqual({ complete: true });
    expect(await kinds()).toEqual(['run', 'trial', 'trial', 'trial', 'end']);
  });

  test('after an end the run is not ended until it ends again', async () => {
    const first = await openJournal(path, header, options);
    await first.end({ complete: false });
    await first.close();
    const { journal } = await resumeJournal(path, header, options);
    await journal.append(completed('a'));
    await journal.close();
    expect((await indexJournal(path))?.end).toBeUndefined();
  });

  test.each([
    [{ configHash: 'other' }, 'fingerprint', 'configHash was "abc" and is "other"'],
    [
      { prompts: { a: { version: '1', cases: 'x' }, b: { version: '3', cases: 'y' } } },
      '',
      'prompts.b.version was "2"',
    ],
    [{ prompts: { a: { version: '1', cases: 'x' } } }, '', 'prompts.b was {"version":"2","cases":"y"} and is nothing'],
    [{ extra: null }, '', 'extra was nothing and is null'],
  ])('refuses a run of something else and names the field: %j', async (change, _, words) => {
    await written(completed('a'));
    const before = readFileSync(path, 'utf8');
    const changed = { ...header, fingerprint: { ...header.fingerprint, ...change } } as JournalHeader;
    await expect(resumeJournal(path, changed, options)).rejects.toMatchObject({
      exitCode: 2,
      problems: [{ code: 'other-run', message: expect.stringContaining(words) }],
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('does not mind another time, id or order of keys', async () => {
    await written(completed('a'));
    const { prompts, configHash } = header.fingerprint;
    const again = { fingerprint: { prompts, configHash }, info: { id: 'run-2' } } as JournalHeader;
    const { journal, kept } = await resumeJournal(path, again, options);
    expect(kept?.trials.size).toBe(1);
    await journal.close();
  });

  test('begins anew where there is nothing to resume', async () => {
    const { journal, kept } = await resumeJournal(path, header, options);
    expect(kept).toBeUndefined();
    await journal.append(completed('a'));
    await journal.close();
    expect(await kinds()).toEqual(['run', 'trial']);
  });

  test('a journal cut at any byte goes on after its last whole line', async () => {
    const small = { fingerprint: { x: 'é😀' } };
    const first = await openJournal(path, small, options);
    await first.append({ ...errored('é😀'), status: 'skipped', reason: '' });
    await first.close();
    const bytes = readFileSync(path);
    const [headerEnd = 0, end = 0] = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
    for (let cut = 0; cut <= end; cut += 1) {
      writeFileSync(path, bytes.subarray(0, cut));
      const { journal, kept } = await resumeJournal(path, small, options);
      const trials = cut === end ? 1 : 0;
      expect(kept?.trials.size).toBe(cut < headerEnd ? undefined : trials);
      expect(kept?.cutLine).toBe(cut > headerEnd && cut < end ? 2 : undefined);
      await journal.append(completed('c'));
      await journal.close();
      expect(await kinds()).toEqual(['run', ...(trials === 1 ? ['trial'] : []), 'trial']);
    }
  });
});

group('a damaged journal', () => {
  test('a cut last line is reported', async () => {
    await written(completed('a'));
    writeFileSync(path, '{"kind":"tri', { flag: 'a' });
    expect(await kinds()).toEqual(['run', 'trial', 'cut']);
    expect(await indexJournal(path)).toMatchObject({ cutLine: 3 });
  });

  test.each([
    ['a bad line', (lines: string[]) => lines.with(1, '{"kind":"tri'), 2],
    ['a line of an unknown kind', (lines: string[]) => lines.with(1, '{"kind":"x"}'), 2],
    ['a trial without a name', (lines: string[]) => lines.with(2, '{"kind":"trial","status":"completed"}'), 3],
    ['no header', (lines: string[]) => lines.slice(1), 1],
    ['a second header', (lines: string[]) => [...lines.slice(0, 3), lines[0] ?? '', ''], 4],
    ['another schema version', (lines: string[]) => lines.with(0, '{"kind":"run","schemaVersion":1}'), 1],
  ])('%s before the end is refused with its line', async (_, damage, line) => {
    await written(completed('a'), completed('b'));
    writeFileSync(path, damage(readFileSync(path, 'utf8').split('\n')).join('\n'));
    const refusal = { exitCode: 2, problems: [{ code: 'corrupt-journal', place: { line } }] };
    await expect(indexJournal(path)).rejects.toMatchObject(refusal);
    await expect(resumeJournal(path, header, options)).rejects.toMatchObject(refusal);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('a place where no trial is', async () => {
    await written(completed('a'));
    const results = openResults(path);
    const damaged = /is damaged: it changed while/;
    expect(() => results.at({ offset: 3, length: 40 })).toThrowError(damaged);
    expect(() => results.at({ offset: 1e6, length: 40 })).toThrowError(damaged);
    results.close();
  });

  test('none at all', async () => {
    await expect(indexJournal(path)).rejects.toMatchObject({ problems: [{ code: 'no-journal' }], exitCode: 2 });
  });
});

group('where no journal can be', () => {
  test('a file in the place of the folder is told before anything is called', async () => {
    writeFileSync(dirname(path), '');
    await expect(openJournal(path, header, options)).rejects.toMatchObject({
      exitCode: 2,
      problems: [{ code: 'cannot-write', message: expect.stringContaining('a file where a folder is needed') }],
    });
  });

  test('a name that is too long', async () => {
    const long = join(folder, 'x'.repeat(300), 'run.jsonl');
    await expect(openJournal(long, header, options)).rejects.toMatchObject({ problems: [{ code: 'cannot-write' }] });
  });

  test.skipIf(process.platform === 'win32')('a link is not followed', async () => {
    const important = join(folder, 'important');
    writeFileSync(important, 'keep me');
    mkdirSync(dirname(path));
    symlinkSync(important, path);
    await expect(openJournal(path, header, options)).rejects.toMatchObject({
      problems: [{ code: 'not-a-plain-file' }],
    });
    expect(readFileSync(important, 'utf8')).toBe('keep me');
  });
});

test('what is noted after the end does not stand behind it', async () => {
  const journal = await openJournal(path, header, options);
  await journal.end({ complete: true });
  await expect(journal.note({ trial: completed('a'), name: 'x', attempts: 1 })).rejects.toThrow('the run has ended');
  await journal.close();
  expect(await kinds()).toEqual(['run', 'end']);
});

test.skipIf(process.platform !== 'linux')('a journal that cannot be gone on with is closed', async () => {
  await written(completed('a'));
  const handle = await open(path);
  const truncate = vi
    .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'truncate')
    .mockRejectedValue(Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'ftruncate' }));
  try {
    await expect(resumeJournal(path, header, options)).rejects.toMatchObject({ problems: [{ code: 'cannot-write' }] });
  } finally {
    truncate.mockRestore();
    await handle.close();
  }
  expect(openFiles(path)).toBe(0);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a disk that does not take the journal is told by `flushed`', async () => {
  const journal = await openJournal(path, header, options);
  const handle = await open(path);
  const sync = vi
    .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync')
    .mockRejectedValue(Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'fsync' }));
  try {
    await journal.end({ complete: true });
    await expect(journal.flushed()).rejects.toMatchObject({ problems: [{ code: 'cannot-write' }] });
    await journal.close();
  } finally {
    sync.mockRestore();
    await handle.close();
  }
});

test('that a trial was cut off is kept, and stands in no row of a report', async () => {
  const { prompt, model, case: id, repeat } = errored('a');
  const cut: TrialResult = { prompt, model, case: id, repeat, status: 'skipped', reason: 'spent', cutOff: true };
  await written(cut);
  const place = (await indexJournal(path))?.trials.get(keyOf('a'));
  const results = openResults(path);
  try {
    if (!place) throw new Error('it is not there');
    expect(results.at(place)).toEqual(cut);
    expect(results.rowAt(place, { prompt, model })).not.toContain('cutOff');
  } finally {
    results.close();
  }
});
