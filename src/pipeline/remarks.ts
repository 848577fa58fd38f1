import { RECORDINGS } from '../ask/recordings-file.js';
import { describeAccept } from '../gate/describe-accept.js';
import { reducerOf } from '../gate/settings.js';
import { lastChanges, type LastChange } from '../git/authors.js';
import { changedInGit } from '../git/changes.js';
import { textOf } from '../git/objects.js';
import { type InRepository, inRepository } from '../git/place.js';
import { mergeBase } from '../git/refs.js';
import { parseBaseline, readBaseline } from '../library/baseline.js';
import type { Baseline, Prompt, Run } from '../vocabulary.js';
import type { World } from '../world.js';
import { baselinePath, listedIds } from './baselines.js';
import type { Session } from './session.js';
import { plural } from '../words.js';

/** What git says about a run beside its verdict. */
export interface Remarks {
  /** Notes for the reports, once the run has ended. */
  about(run: Run): Promise<string[]>;
  /** Stops looking. */
  close(): void;
}

/** How long reports wait for git to find who committed the recordings, once all else is done. */
const MOST_WAIT_MS = 1_000;

/**
 * Begins to ask git which baselines this branch accepted, and who committed the recordings. It goes on beside the run and never
 * makes it fail: outside a repository, or where git cannot tell, there is nothing to remark.
 */
export function beginRemarks(session: Session, world: World): Remarks {
  const place = inRepository(session.project.root);
  if (!place) return { about: async () => [], close() {} };
  const stopped = new AbortController();
  const accepted = acceptedHere(session, place, world).catch(() => []);
  const recorders =
    session.config.mode === 'live' ? undefined : findRecorders(session, place, stopped.signal).catch(() => undefined);
  return {
    async about(run) {
      const replayed = new Set(run.evals.filter((each) => each.replayed).map((each) => each.prompt.id));
      const waited = new AbortController();
      const wait = world.sleep(MOST_WAIT_MS, waited.signal).then(() => undefined);
      const known = replayed.size > 0 ? await Promise.race([recorders, wait]) : undefined;
      waited.abort();
      return [...(await accepted), ...(known ? recordedBy(known, replayed) : [])];
    },
    close: () => stopped.abort(),
  };
}

/** Baselines that differ from those where the branch began, a line per prompt and model. */
async function acceptedHere({ project, library, git }: Session, place: InRepository, world: World): Promise<string[]> {
  const { root } = project;
  const { state, changed: differsFromHead } = await git;
  const { commit } = await mergeBase(root, world.env, undefined, state.commit);
  const differs = commit === state.commit ? differsFromHead : await differsFrom(commit, root);
  const lines = await Promise.all(
    library.prompts.map(async (prompt) => {
      const path = baselinePath(prompt);
      const inGit = place.toGit(path);
      if (inGit === undefined || !differs(inGit)) return [];
      const text = await textOf(root, commit, inGit);
      const before = text === undefined ? undefined : parseBaseline(text, path, () => {});
      const after = project.tree.has(path) ? readBaseline(project.tree, path, () => {}) : undefined;
      return acceptedLines(prompt, before, after);
    }),
  );
  const all = lines.flat();
  const more = all.length - MOST_ACCEPTED;
  return more > 0 ? [...all.slice(0, MOST_ACCEPTED), `accepted in this branch: ${more} more`] : all;
}

async function differsFrom(commit: string, root: string): Promise<(path: string) => boolean> {
  const changed = new Set(await changedInGit(root, commit, [':(glob)**/*.baseline.json']));
  return (path) => changed.has(path);
}

const MOST_ACCEPTED = 50;

function acceptedLines({ id, gate }: Prompt, before: Baseline | undefined, after: Baseline | undefined): string[] {
  const models = new Set([...Object.keys(before?.models ?? {}), ...Object.keys(after?.models ?? {})]);
  return [...models].flatMap((model) => {
    const now = only(after, model) ?? { schemaVersion: 1, models: {} };
    const changes = describeAccept(only(before, model), now, reducerOf(gate));
    const texts = changes.map((text) => text.slice(`${model}: `.length));
    // What happened to the scores is what a reviewer looks for.
    const sorted = [...texts.filter((text) => !isVersion(text)), ...texts.filter(isVersion)];
    return sorted.length === 0 ? [] : [`accepted in this branch: ${id} [${model}]: ${sorted.join('; ')}`];
  });
}

function isVersion(text: string): boolean {
  return text.startsWith('version ');
}

function only(baseline: Baseline | undefined, model: string): Baseline | undefined {
  const found = baseline && Object.hasOwn(baseline.models, model) ? baseline.models[model] : undefined;
  return found && { schemaVersion: 1, models: { [model]: found } };
}

/** By prompt: who last changed its recordings; `undefined` for those not committed as they are. */
type Recorders = Map<string, LastChange | undefined>;

async function findRecorders(
  { project, library, git }: Session,
  place: InRepository,
  signal: AbortSignal,
): Promise<Recorders> {
  const { changed } = await git;
  const files = new Map<string, string>();
  const recorders: Recorders = new Map();
  for (const { id } of library.prompts) {
    const path = `${RECORDINGS}/${id}.jsonl`;
    if (!project.tree.has(path)) continue;
    recorders.set(id, undefined);
    const inGit = place.toGit(path);
    if (inGit !== undefined && !changed(inGit)) files.set(inGit, id);
  }
  const folder = place.toGit(RECORDINGS) ?? '';
  for (const [file, change] of await lastChanges(project.root, folder, [...files.keys()], signal)) {
    recorders.set(files.get(file) ?? '', change);
  }
  return recorders;
}

function recordedBy(recorders: Recorders, replayed: ReadonlySet<string>): string[] {
  const authors = new Map<string, { files: number; date: string }>();
  const open: { id: string }[] = [];
  let cut = 0;
  for (const [id, change] of recorders) {
    if (!replayed.has(id)) continue;
    if (change === undefined) {
      open.push({ id });
    } else if (change === 'cut') {
      cut += 1;
    } else {
      const known = authors.get(change.author) ?? { files: 0, date: '' };
      const date = change.date > known.date ? change.date : known.date;
      authors.set(change.author, { files: known.files + 1, date });
    }
  }
  const most = [...authors].toSorted(([, a], [, b]) => b.files - a.files);
  const names = most
    .slice(0, MOST_AUTHORS)
    .map(([name, { files, date }]) => `${name} (${plural(files, 'file')}, ${date})`);
  if (most.length > MOST_AUTHORS) names.push(`${most.length - MOST_AUTHORS} others`);
  return [
    ...(names.length > 0 ? [`recordings last committed by ${names.join(', ')}`] : []),
    ...(cut > 0
      ? [`who committed ${plural(cut, 'file')} of recordings is not in this shallow clone (fetch-depth: 0)`]
      : []),
    ...(open.length > 0 ? [`recordings not committed yet: ${listedIds(open)}`] : []),
  ];
}

const MOST_AUTHORS = 5;
