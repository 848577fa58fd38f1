import type { Problem } from '../vocabulary.js';

/** Trouble with git, and with the commits and baselines that a command names. */
export const gitProblems = {
  'baseline-for-nobody': (file: string): Problem => ({
    code: 'baseline-for-nobody',
    message: `${file} is named like the baseline of none of these prompts`,
    remedy: 'Name a single prompt to run, or give the file the name of its prompt: <prompt>.baseline.json.',
  }),
  'git-failed': (what: string, why: string): Problem => ({
    code: 'git-failed',
    message: `git could not read ${what}: ${why}`,
    remedy: 'Mend what git says, and run again.',
  }),
  'no-git': (what: string): Problem => ({
    code: 'no-git',
    message: `git is not installed, and ${what} cannot be read without it`,
    remedy: 'Install git, or name a file instead of a commit.',
  }),
  'no-merge-base': (of: string | undefined): Problem => ({
    code: 'no-merge-base',
    message:
      of === undefined
        ? 'no merge-base can be found: there is no branch origin/HEAD, origin/main, origin/master, main or master'
        : `HEAD and ${of} have no commit in common`,
    remedy: 'Name a commit instead, e.g. origin/develop.',
  }),
  'no-repository': (folder: string): Problem => ({
    code: 'no-repository',
    message: `${folder} is in no git repository`,
    remedy: 'Run `git init`, or name a file instead of a commit.',
  }),
  'not-a-report': (file: string, why: string): Problem => ({
    code: 'not-a-report',
    message: `${file} is no report.json of \`assay eval\`: ${why}`,
    remedy: 'Name a report.json, a run.jsonl, the folder of a run, a *.baseline.json, or a git ref.',
  }),
  'not-an-ancestor': (good: string, bad: string, swapped: boolean): Problem => ({
    code: 'not-an-ancestor',
    message: `${JSON.stringify(good)} does not come before ${JSON.stringify(bad)}`,
    remedy: swapped
      ? 'Swap them: --good is the older one. To find what mended a prompt, compare versions with `assay eval --against`.'
      : 'Give --good a commit that the bad one comes after, such as their `git merge-base`; in a shallow clone fetch more history.',
  }),
  'not-comparable': (file: string): Problem => ({
    code: 'not-comparable',
    message: `${file} does not say what its cases were, so nothing can be compared with them`,
    remedy: 'Run `assay eval` again: it was written by an older version, or cut off at once.',
  }),
  'not-in-commit': (prompt: string, ref: string): Problem => ({
    code: 'not-in-commit',
    message: `there is no prompt ${prompt} at ${JSON.stringify(ref)}, or it cannot be read there`,
    remedy: 'Run `assay blame` to see the commits that have it, and name one of these.',
  }),
  'unreadable-before': (id: string, base: string, path: string): Problem => ({
    code: 'unreadable-before',
    message: `whether the version of "${id}" changed since ${base} cannot be told: ${path} could not be read there`,
    remedy: 'Name an earlier commit, at which it could be read: --base <ref>.',
  }),
  'no-target-branch': (branch: string): Problem => ({
    code: 'no-target-branch',
    message: `the branch ${JSON.stringify(branch)}, which the CI system names as the target, is not in this clone`,
    remedy: 'Fetch it: fetch-depth: 0 for actions/checkout, `git fetch origin <branch>` elsewhere; or name a commit.',
  }),
  'nothing-to-compare': (given: string): Problem => ({
    code: 'nothing-to-compare',
    message: `${JSON.stringify(given)} is no run, no baseline file and no git ref`,
    remedy:
      'Name the folder of a run, a report.json, a *.baseline.json, a git ref, merge-base, or . for the working tree.',
  }),
  'ref-not-fetched': (ref: string): Problem => ({
    code: 'ref-not-fetched',
    message: `there is no commit ${JSON.stringify(ref)} in this shallow clone`,
    remedy: 'Fetch the whole history: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab.',
  }),
  'same-version': (prompt: string, good: string, bad: string, version: string): Problem => ({
    code: 'same-version',
    message: `${prompt} has the same version (${version}) at ${JSON.stringify(good)} and at ${JSON.stringify(bad)}`,
    remedy: 'No change of the prompt explains the difference: look at its cases, its models and the config.',
  }),
  'shallow-clone': (): Problem => ({
    code: 'shallow-clone',
    message: 'the merge-base is not in this shallow clone',
    remedy: 'Fetch the whole history: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab.',
  }),
  'unknown-ref': (ref: string): Problem => ({
    code: 'unknown-ref',
    message: `there is no commit ${JSON.stringify(ref)}`,
    remedy: 'Give a branch, a tag or a hash that `git rev-parse` knows; a remote branch may have to be fetched first.',
  }),
} as const;
