import { RECORDINGS, type RecordingStore } from '../ask/recordings-file.js';
import { problems, UserError } from '../errors.js';
import { blobsOf } from '../git/objects.js';
import { type InRepository, inRepository } from '../git/place.js';
import { objectsAt } from '../git/snapshots.js';
import { treeOfFiles } from '../library/git-tree.js';
import type { Prompt } from '../vocabulary.js';
import type { Range } from './bisect-range.js';
import { idOfVersion } from './bisect-step.js';
import { type Recorded, withCommittedRecordings } from './old-recordings.js';
import type { Session } from './session.js';

/** A file of recordings as it was at some time. */
interface File {
  path: string;
  blob: string;
  /** The name of the prompt then, under which its replies were filed. */
  filed: string;
  /** The versions, by the ids that they run under, whose replies may be in it. */
  of: Set<string>;
}

/**
 * A store for versions of a prompt: their replies are looked for in the working tree, and then as they were committed while the
 * version was the prompt's, and where it ceased to be: accepting another one drops them from the working tree.
 * @param present the prompt of the working tree: replies that are recorded now are filed under its name
 */
export function historicalRecordings(
  { store, project, redact }: Session,
  range: Range,
  present: Prompt,
): RecordingStore {
  const { root } = project;
  const place = inRepository(root);
  if (!place) throw new UserError([problems['no-repository'](root)]);
  const versions = new Set([range.good, ...range.commits].flatMap(({ prompt }) => prompt?.version ?? []));
  const ids = new Set([...versions].map((version) => idOfVersion(present, { version })));
  const blobs = blobsOf(root);
  const commits = filesOf(range, present, { root, place }).map(({ path, blob, filed, of }): Recorded => {
    const listed = [{ path: place.toGit(path) ?? '', blob, link: false }];
    const tree = treeOfFiles(listed, { name: `recordings ${blob.slice(0, 7)}`, root, place, blobs });
    return { tree, prompt: (id) => (of.has(id) ? filed : undefined) };
  });
  return withCommittedRecordings(store, (id) => (ids.has(id) ? present.id : undefined), commits, redact);
}

function filesOf({ history, good, bad }: Range, present: Prompt, where: { root: string; place: InRepository }): File[] {
  const wanted = history.commits.flatMap(({ commit, prompt, parents }) => {
    if (!prompt) return [];
    const own = { commit, prompt };
    // The last commits that still have the versions before this one.
    const before = parents.flatMap((parent, index) => {
      const then = history.commitOf(parent)?.prompt;
      return then && then.version !== prompt.version ? [{ commit: `${commit}^${index + 1}`, prompt: then }] : [];
    });
    return [own, ...before];
  });
  const ends = [good, bad].map(({ commit, prompt }) => ({ commit, prompt }));
  const asked = [...ends, ...wanted].map(({ commit, prompt }) => {
    return { commit, prompt, path: `${RECORDINGS}/${prompt.id}.jsonl` };
  });
  const found = objectsAt(
    where.root,
    asked.map(({ commit, path }) => ({ commit, path: where.place.toGit(path) ?? '' })),
  );
  const files = new Map<string, File>();
  for (const [index, { prompt, path }] of asked.entries()) {
    const blob = found[index];
    if (blob === undefined) continue;
    const key = `${blob} ${path}`;
    const file = files.get(key) ?? { path, blob, filed: prompt.id, of: new Set() };
    file.of.add(idOfVersion(present, prompt));
    files.set(key, file);
  }
  return [...files.values()];
}
