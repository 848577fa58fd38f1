import { UserError } from '../../src/errors.js';
import { type Affected, affectedBy } from '../../src/impact/affected.js';
import { reachable } from '../../src/impact/reach.js';
import type { Side } from '../../src/impact/side.js';
import type { Library } from '../../src/vocabulary.js';
import { assertions as plain, find, memoryTree } from '../library/project.js';

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

/** As the pipeline does it: only what the changed files could reach is read as it was, and looked at. */
export async function affectedIn(was: Files, is: Files, after: Side): Promise<Affected[]> {
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((path) => was[path] !== is[path]);
  const among = reachable(after.library, changed, (path) => path === 'fixtures/out.jsonl');
  const all = among.length === after.library.prompts.length;
  const paths = among.map(({ path }) => path).filter((path) => path in was);
  const none = { ...after, library: { ...after.library, prompts: [] } };
  const before = paths.length === 0 && !all ? none : await sideOf(was, all ? undefined : paths);
  return affectedBy(before, after, among);
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
