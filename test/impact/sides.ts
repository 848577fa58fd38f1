import { UserError } from '../../src/errors.js';
import { type Affected, affectedBy } from '../../src/impact/affected.js';
import { reachable } from '../../src/impact/reach.js';
import type { Side } from '../../src/impact/side.js';
import { outlineOf } from '../../src/library/outline.js';
import type { Library } from '../../src/vocabulary.js';
import { assertions as plain, find, memoryTree, providers } from '../library/project.js';

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

const CONFIG = 'assay.config.yaml';

const assertions: Side['assertions'] = new Map(
  [...plain].map(([type, each]) => {
    if (type === 'judge')
      return [type, { ...each, asks: 'judge', options: { properties: { model: { type: 'string' } } } }];
    // Here it may be without a schema: any output follows none.
    return [type, type === 'json-schema' ? { ...each, check: () => [] } : each];
  }),
);

/** A library in memory. @param paths only these prompts */
export async function sideOf(files: Files, paths?: readonly string[]): Promise<Side> {
  const tree = memoryTree(files);
  const library: Library = await find(tree, {
    assertions,
    ...(CONFIG in files && { configPath: CONFIG }),
    ...(paths && { paths }),
  });
  return { tree, library, assertions };
}

/** As the pipeline does it: only what the changed files could reach is read, as it is and as it was, and looked at. */
export async function affectedIn(was: Files, is: Files): Promise<Affected[]> {
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((path) => was[path] !== is[path]);
  const tree = memoryTree(is);
  const outline = outlineOf(tree, { ...(CONFIG in is && { configPath: CONFIG }), providers });
  const among = reachable(outline, changed, (path) => path === 'fixtures/out.jsonl').map(({ path }) => path);
  if (among.length === 0) return [];
  const all = among.length === outline.prompts.length;
  const after = await sideOf(is, all ? undefined : among);
  const paths = among.filter((path) => path in was);
  const none = { ...after, library: { ...after.library, prompts: [] } };
  const before = paths.length === 0 && !all ? none : await sideOf(was, all ? undefined : paths);
  return affectedBy(before, after);
}

/** The library, unless it has mistakes. */
export async function soundSideOf(files: Files): Promise<Side | undefined> {
  try {
    return await sideOf(files);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
