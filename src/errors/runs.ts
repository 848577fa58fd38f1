import type { Place, Problem } from '../vocabulary.js';

/** As many reasons are read in one line; the weightiest come first. */
const MOST_REASONS = 3;

/** Trouble with runs, journals and recordings. */
export const runProblems = {
  'accept-stopped': (why: string): Problem => ({
    code: 'accept-stopped',
    message: `nothing was accepted: ${why}`,
    remedy: 'The run is as it was, and what was answered is kept: `assay accept` asks for the rest.',
  }),
  'against-run': (journal: string): Problem => ({
    code: 'against-run',
    message: `the run in ${journal} had two versions beside each other (--against); a baseline is of one`,
    remedy: 'Run `assay eval` without --against, then accept.',
  }),
  'bad-variable': (name: string, value: string, remedy: string): Problem => ({
    code: 'bad-variable',
    message: `the environment variable ${name} is "${value}"`,
    remedy,
  }),
  'baseline-changed': (path: string): Problem => ({
    code: 'baseline-changed',
    message: `${path} changed while it was being accepted`,
    remedy: 'Look at that change, then run `assay accept` again: what was answered meanwhile is kept.',
  }),
  'cannot-score': (type: string, what: string, remedy: string, place?: Place): Problem => ({
    code: 'cannot-score',
    message: `${type} cannot be scored: ${what}`,
    remedy,
    place,
  }),
  'changed-since': (journal: string, { field, was, is }: { field: string; was: string; is: string }): Problem => ({
    code: 'changed-since',
    message: `files changed since the run in ${journal}: ${field} was ${was} and is now ${is}`,
    remedy: 'Run `assay eval` again, then accept.',
  }),
  'corrupt-journal': (path: string, why: string, place?: Place): Problem => ({
    code: 'corrupt-journal',
    message: `${path} is damaged: ${why}`,
    remedy: 'Run again without --resume.',
    place,
  }),
  'doubled-shard': (shard: string, folder: string, other: string): Problem => ({
    code: 'doubled-shard',
    message: `shard ${shard} is there twice: in ${folder} and in ${other}`,
    remedy: 'Name each folder once, and only the newest run of each shard.',
  }),
  'empty-run': (journal: string, why: string): Problem => ({
    code: 'empty-run',
    message: `the run in ${journal} had nothing to run: ${why}`,
    remedy: 'Run `assay eval` without --since, or with an earlier commit, then accept.',
  }),
  'filtered-run': (journal: string): Problem => ({
    code: 'filtered-run',
    message: `the run in ${journal} was filtered; a baseline is of all cases`,
    remedy: 'Run `assay eval` without --filter, then accept.',
  }),
  'flags-exclude': (one: string, other: string): Problem => ({
    code: 'flags-exclude',
    message: `${one} and ${other} cannot be given together`,
    remedy: 'Leave one of them out.',
  }),
  'foreign-shard': (folder: string, { field, was, is }: { field: string; was: string; is: string }): Problem => ({
    code: 'foreign-shard',
    message: `the run in ${folder} is no part of this one: ${field} was ${was} there and is ${is} here`,
    remedy: 'Merge the shards of one run only, with the same files checked out that they ran with.',
  }),
  'incomplete-run': (journal: string): Problem => ({
    code: 'incomplete-run',
    message: `the run in ${journal} did not come to its end`,
    remedy: 'Finish it with `assay eval --resume`, then accept.',
  }),
  'merged-into-shard': (folder: string): Problem => ({
    code: 'merged-into-shard',
    message: `the joined run would take the place of the shard in ${folder}`,
    remedy: 'Name another folder with --out.',
  }),
  'missing-shard': (shards: readonly string[]): Problem => ({
    code: 'missing-shard',
    message: shards.length === 1 ? `shard ${shards[0]} is missing` : `these shards are missing: ${shards.join(', ')}`,
    remedy: 'Name the output folder of every shard; run `assay eval --shard` for those that have none.',
  }),
  'no-journal': (path: string): Problem => ({
    code: 'no-journal',
    message: `there is no run: ${path} does not exist`,
    remedy: 'Run `assay eval` first, or name the folder of its reports with --out.',
  }),
  'no-case': (prompt: string): Problem => ({
    code: 'no-case',
    message: `no case of ${prompt} is left to run`,
    remedy: 'Mend --filter: `assay eval --dry-run` with the same one shows what it matches.',
  }),
  'not-in-run': (path: string): Problem => ({
    code: 'not-in-run',
    message: `"${path}" names no prompt of the last run`,
    remedy: 'Name a prompt, its cases or a folder that the run had, or run `assay eval` with it first.',
  }),
  'no-such-metric': (metric: string, known: readonly string[], near?: string, place?: Place): Problem => ({
    code: 'no-such-metric',
    message: `no case has the metric ${JSON.stringify(metric)}`,
    remedy: near ? `Did you mean "${near}"?` : `The metrics are ${known.join(', ')}.`,
    place,
  }),
  'not-a-shard': (folder: string): Problem => ({
    code: 'not-a-shard',
    message: `the run in ${folder} is a whole one, no shard`,
    remedy: 'Name output folders of `assay eval --shard i/n` only.',
  }),
  'old-version-misfit': (version: string, why: string): Problem => ({
    code: 'old-version-misfit',
    message: `${version} cannot run the cases of the working tree: ${why}`,
    remedy: 'Choose cases that it can run with --filter, or a later commit.',
  }),
  'one-version-only': (prompt: string): Problem => ({
    code: 'one-version-only',
    message: `${prompt} has finished outputs only, and these are of one version`,
    remedy: 'Name a model to ask with --model.',
  }),
  'other-run': (path: string, { field, was, is }: { field: string; was: string; is: string }): Problem => ({
    code: 'other-run',
    message: `the run in ${path} cannot be resumed: ${field} was ${was} and is ${is}`,
    remedy: 'Undo that change, or run without --resume to begin anew.',
  }),
  'permission-in-file': (name: string, file: string): Problem => ({
    code: 'permission-in-file',
    message: `${file} sets ${name}, and no file can allow a run anything`,
    remedy: 'Take it out, and set it in the environment, or give the flag on the command line.',
  }),
  'recording-changed': (path: string): Problem => ({
    code: 'recording-changed',
    message: `${path} changed while it was in use`,
    remedy: 'Run again.',
  }),
  'recording-conflict': (place: Place): Problem => ({
    code: 'recording-conflict',
    message: 'a conflict marker of git stands in the recordings',
    remedy: 'Take either side or both, then run `assay eval --mode record` for what is missing.',
    place,
  }),
  'refresh-without-record': (mode: string): Problem => ({
    code: 'refresh-without-record',
    message: `--refresh records anew, and in mode ${mode} nothing is recorded`,
    remedy: 'Give --mode record beside it, or leave it out.',
  }),
  'shard-run': (journal: string, shard: string): Problem => ({
    code: 'shard-run',
    message: `the run in ${journal} is shard ${shard}; a baseline is of all cases`,
    remedy: 'Join the shards with `assay merge`, then accept its output folder.',
  }),
  'unknown-price': (model: string, limit: string): Problem => ({
    code: 'unknown-price',
    message: `the price of "${model}" is not known, so that ${limit} could not be kept`,
    remedy:
      'Write it under prices in assay.config.yaml, or give --allow-unknown-price to let its calls count as nothing; --max-tokens and --max-time hold for any model.',
  }),
  'unreadable-recording': (why: string, place: Place): Problem => ({
    code: 'unreadable-recording',
    message: `a recording cannot be read: ${why}`,
    remedy: 'Restore the line from git, or delete it and run `assay eval --mode record`.',
    place,
  }),
  'unverified-run': (reasons: readonly string[]): Problem => ({
    code: 'unverified-run',
    message: `the last run is unverified: ${reasons.slice(0, MOST_REASONS).join('; ')}${reasons.length > MOST_REASONS ? `; and ${reasons.length - MOST_REASONS} more reasons, which its reports name` : ''}`,
    remedy:
      'Mend that and run `assay eval` again. A run that failed may be accepted, one that could not be told may not.',
  }),
} as const;
