import { problems as make, UserError } from '../errors.js';
import type { ProviderDefinition } from '../providers/provider.js';
import { findFiles, type PromptFiles } from './layout.js';
import { nearestId } from './nearest.js';
import { libraryFolders } from './prompts.js';
import type { Tree } from './tree.js';

/** What a name on the command line stands for: a prompt, or a partial by its path. */
export type Located = { kind: 'prompt'; files: PromptFiles } | { kind: 'partial'; path: string };

/**
 * Finds what is meant, without reading any prompt.
 * @param given as the user wrote it: an id, or a path of a prompt, of a file beside it, of a folder with one prompt, of a partial
 * @param path the same as a path relative to the root
 * @param partials whether a partial would do, and may be suggested
 * @throws UserError `unknown-prompt`, `not-one-prompt`
 */
export function locate(
  tree: Tree,
  configPath: string | undefined,
  providers: ReadonlyMap<string, ProviderDefinition>,
  { given, path, partials = false }: { given: string; path: string; partials?: boolean },
): Located {
  const folders = libraryFolders(tree, configPath, providers);
  const { prompts } = findFiles(tree, folders, () => {});
  const files = prompts.find(({ id }) => id === given) ?? prompts.find((each) => belongs(each, path));
  if (files) return { kind: 'prompt', files };
  if (/(?:^|\/)_partials\//.test(path) && tree.has(path)) return { kind: 'partial', path };
  const below = prompts.filter((each) => path === '.' || each.path.startsWith(`${path}/`));
  const [only] = below;
  if (only && below.length === 1) return { kind: 'prompt', files: only };
  const ids = prompts.map(({ id }) => id);
  if (only)
    throw new UserError([
      make['not-one-prompt'](
        given,
        below.map(({ id }) => id),
      ),
    ]);
  const known = partials
    ? tree.glob(['_partials/**/*.md', ...folders.map((folder) => `${folder}/**/_partials/**/*.md`)])
    : [];
  const near = nearestId(given, ids) ?? nearestId(given, known);
  throw new UserError([make['unknown-prompt'](given, folders.join(', '), near)]);
}

/** Cases files belong to the prompt whose own they are, and come first there. */
function belongs(files: PromptFiles, path: string): boolean {
  return (
    files.path === path || files.baseline === path || (files.variantOf === undefined && files.cases.includes(path))
  );
}
