import { resolve } from 'node:path';
import type { Misses } from '../ask/recordings-file.js';
import { problems, UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { indexJournal, type JournalIndex } from '../journal/reader.js';
import type { Json, JsonObject, Mode, RunInfo } from '../vocabulary.js';
import { JOURNAL } from './books.js';
import type { EvaluateOptions } from './options.js';
import { openProject } from './project.js';
import type { SessionOptions } from './session.js';
import { objectIn } from '../objects.js';

const MODES: readonly Mode[] = ['replay', 'record', 'live'];

/** A run that was ended, as its journal has it. */
export interface StoredRun {
  /** The journal's file. */
  path: string;
  index: JournalIndex;
  /** What the run was asked for, as options to open it again. */
  options: Pick<SessionOptions, 'mode' | 'models' | 'filter' | 'repeats' | 'paths' | 'nothing'>;
  info: RunInfo;
  /** Why it could not be told, as the run itself said at its end. */
  reasons: string[];
  /** Which bound ended it before its plan did, and left what is not in the journal. */
  spent?: string;
  /** The commit that it ran beside the working tree (`--against`). */
  against?: string;
  /** What a replay lacked, in numbers. */
  misses: Misses;
}

/**
 * Reads the last run of the output folder.
 * @throws UserError when there is none (exit code 2), or it did not come to its end (3)
 */
export async function storedRun(options: EvaluateOptions): Promise<StoredRun> {
  const { root } = openProject(options.cwd, options.config);
  const path =
    options.out === undefined ? resolve(root, 'reports', JOURNAL) : resolve(options.cwd, options.out, JOURNAL);
  const run = await runAt(path, root);
  if (!run.index.end) throw new UserError([problems['incomplete-run'](path)], EXIT.unverified);
  return run;
}

/**
 * Reads a journal, of a run that was ended or not.
 * @param root the project's root, to which its paths are relative
 * @throws UserError when there is none
 */
export async function runAt(path: string, root: string): Promise<StoredRun> {
  const index = await indexJournal(path);
  if (!index) throw new UserError([problems['no-journal'](path)]);
  return { path, index, ...readHeader(index, root) };
}

/** The header is written by us, but it is a file: what is not as we wrote it is left out, and the fingerprint will differ. */
function readHeader({ header, end }: JournalIndex, root: string): Omit<StoredRun, 'path' | 'index'> {
  const selection = objectIn(header.selection);
  const repeats = objectIn(selection.repeats);
  const git = objectIn(header.git);
  const shard = objectIn(header.shard);
  const { spent } = objectIn(end);
  const mode = MODES.find((each) => each === header.mode) ?? 'replay';
  return {
    options: {
      mode,
      paths: texts(selection.paths).map((path) => resolve(root, path)),
      models: texts(selection.models),
      filter: texts(selection.filter),
      ...(typeof repeats.min === 'number' &&
        typeof repeats.max === 'number' && { repeats: { min: repeats.min, max: repeats.max } }),
      ...(typeof selection.nothing === 'string' && { nothing: selection.nothing }),
    },
    info: {
      id: text(header.id),
      startedAt: text(header.startedAt),
      finishedAt: text(objectIn(end).finishedAt),
      mode,
      git: {
        ...(typeof git.commit === 'string' && { commit: git.commit }),
        ...(typeof git.branch === 'string' && { branch: git.branch }),
        ...(typeof git.dirty === 'boolean' && { dirty: git.dirty }),
      },
      configHash: text(header.configHash),
      ...(isCount(shard.index) && isCount(shard.count) && { shard: { index: shard.index, count: shard.count } }),
    },
    reasons: texts(objectIn(end).reasons),
    ...(typeof spent === 'string' && { spent }),
    ...(typeof selection.against === 'string' && { against: selection.against }),
    misses: readMisses(objectIn(objectIn(end).misses)),
  };
}

function readMisses({ asked, missing, models }: JsonObject): Misses {
  const known = Object.entries(objectIn(models)).map(([model, each]): [string, Misses['models'][string]] => {
    const { count, inputChars } = objectIn(each);
    return [model, { count: isCount(count) ? count : 0, inputChars: isCount(inputChars) ? inputChars : 0 }];
  });
  return {
    asked: isCount(asked) ? asked : 0,
    missing: isCount(missing) ? missing : 0,
    models: Object.fromEntries(known),
  };
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
