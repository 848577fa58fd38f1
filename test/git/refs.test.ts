import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../src/errors.js';
import { mergeBase, resolveRef } from '../../src/git/refs.js';
import { gitIn, type Repository, repository } from '../support/repository.js';

async function codeOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof UserError ? (error.problems[0]?.code ?? '') : `no user error: ${String(error)}`;
}

function clone(of: Repository, ...flags: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-clone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  gitIn(folder, 'clone', '-q', ...flags, `file://${of.root}`, '.');
  return folder;
}

describe('resolveRef', () => {
  it('knows branches, tags, hashes and what git counts from them', async () => {
    const repo = repository({ a: '1' });
    const first = repo.git('rev-parse', 'HEAD');
    repo.git('tag', '-a', 'v1', '-m', 'one');
    const second = repo.commitAs('Ana');
    expect(await resolveRef(repo.root, 'main')).toBe(second);
    expect(await resolveRef(repo.root, 'HEAD~1')).toBe(first);
    expect(await resolveRef(repo.root, 'v1')).toBe(first);
    expect(await resolveRef(repo.root, second.slice(0, 8))).toBe(second);
  });

  it('refuses what git would take for something else', async () => {
    const repo = repository({ a: '1' });
    for (const hostile of ['--all', '-n1', '--output=/tmp/x', '', 'main\nHEAD', 'main\0', '$(touch x)', '`x`', ';ls']) {
      expect([hostile, await codeOf(resolveRef(repo.root, hostile))]).toEqual([hostile, 'unknown-ref']);
    }
    expect(repo.files()).toEqual(['a']);
    expect(await codeOf(resolveRef(repo.root, 'HEAD:a'))).toBe('unknown-ref');
  });

  it('says what is the matter outside a repository and in a shallow clone', async () => {
    const repo = repository({ a: '1' });
    const first = repo.git('rev-parse', 'HEAD');
    repo.commitAs('Ana');
    expect(await codeOf(resolveRef(clone(repo, '--depth', '1'), first))).toBe('ref-not-fetched');
    const plain = mkdtempSync(join(tmpdir(), 'assay-plain-'));
    onTestFinished(() => rmSync(plain, { recursive: true }));
    expect(await codeOf(resolveRef(plain, 'main'))).toBe('no-repository');
  });
});

describe('mergeBase', () => {
  it('is where the branch left the default branch, however that is called', async () => {
    const repo = repository({ a: '1' });
    const fork = repo.git('rev-parse', 'HEAD');
    repo.git('checkout', '-q', '-b', 'topic');
    repo.commitAs('Ana');
    repo.git('checkout', '-q', 'main');
    repo.commitAs('Bo');
    repo.git('checkout', '-q', 'topic');
    expect(await mergeBase(repo.root, {})).toEqual({ commit: fork, of: 'main' });
    repo.git('branch', '-m', 'main', 'master');
    expect(await mergeBase(repo.root, {})).toEqual({ commit: fork, of: 'master' });
    expect(await mergeBase(repo.root, {}, 'master')).toEqual({ commit: fork, of: 'master' });
  });

  it('takes the branch of the remote before the local one, and the target of the pull request before all', async () => {
    const repo = repository({ a: '1' });
    repo.git('branch', 'release/2');
    const later = repo.commitAs('Ana');
    const folder = clone(repo);
    gitIn(folder, 'checkout', '-q', '-b', 'topic');
    gitIn(folder, 'commit', '-q', '--allow-empty', '-m', 'mine');
    gitIn(folder, 'branch', '-f', 'main', 'topic');
    expect(await mergeBase(folder, {})).toEqual({ commit: later, of: 'origin/HEAD' });
    gitIn(folder, 'remote', 'set-head', 'origin', '--delete');
    expect(await mergeBase(folder, {})).toEqual({ commit: later, of: 'origin/main' });
    const release = repo.git('rev-parse', 'release/2');
    const env = { GITHUB_BASE_REF: 'release/2' };
    expect(await mergeBase(folder, env)).toEqual({ commit: release, of: 'origin/release/2' });
    expect(await codeOf(mergeBase(folder, { GITHUB_BASE_REF: 'not-fetched' }))).toBe('no-target-branch');
    expect(await mergeBase(folder, { GITHUB_BASE_REF: '' })).toEqual({ commit: later, of: 'origin/main' });
  });

  it('says fetch-depth: 0 where the clone is shallow', async () => {
    const repo = repository({ a: '1' });
    repo.git('checkout', '-q', '-b', 'topic');
    repo.commitAs('Ana');
    repo.git('checkout', '-q', 'main');
    repo.commitAs('Bo');
    const shallow = clone(repo, '--depth', '1', '--no-single-branch', '-b', 'topic');
    expect(await codeOf(mergeBase(shallow, {}))).toBe('shallow-clone');
    const alone = clone(repo, '--depth', '1', '-b', 'topic');
    gitIn(alone, 'remote', 'remove', 'origin');
    await expect(mergeBase(alone, {})).rejects.toMatchObject({
      problems: [{ code: 'shallow-clone', remedy: expect.stringContaining('fetch-depth: 0') as string }],
    });
  });

  it('says when there is none', async () => {
    const repo = repository({ a: '1' });
    repo.git('checkout', '-q', '--orphan', 'other');
    repo.commitAs('Ana');
    expect(await codeOf(mergeBase(repo.root, {}))).toBe('no-merge-base');
    repo.git('branch', '-D', 'main');
    expect(await codeOf(mergeBase(repo.root, {}))).toBe('no-merge-base');
  });
});
