import { splitFrontMatter } from '../library/front-matter.js';
import { loadText } from '../library/load.js';
import { loadSource } from '../library/load-source.js';
import type { Path, Source } from '../library/source.js';
import { isObject } from '../objects.js';
import type { Tree } from '../library/tree.js';
import { readYamlQuickly } from '../library/quick-yaml.js';
import type { PolicyFacts } from '../policy/rule.js';
import type { Json, Place } from '../vocabulary.js';

/** Finds where settings are written. Files are read again when a place is asked for, which is when something is wrong. */
export function settingPlaces(tree: Tree, config: string | undefined): Pick<PolicyFacts, 'place' | 'configPlace'> {
  const sources = new Map<string, Source | undefined>();
  const sourceOf = (path: string, read: () => Source | undefined): Source | undefined => {
    if (!sources.has(path)) sources.set(path, read());
    return sources.get(path);
  };
  const written = config === undefined ? undefined : (): Source | undefined => loadSource(tree, config, () => {});
  const inConfig = (): Source | undefined => written && sourceOf(config ?? '', written);
  return {
    place(prompt, key, value) {
      const own = sourceOf(prompt.path, () => frontMatter(tree, prompt.path));
      const start = { file: prompt.path, line: 1, column: 1 };
      const places = [...find(own, [key], value), ...findInConfig(inConfig(), key, value)];
      return places[0] ?? start;
    },
    configPlace: (...keys) => inConfig()?.place(keys) ?? { file: config ?? 'assay.config.yaml', line: 1, column: 1 },
  };
}

function frontMatter(tree: Tree, path: string): Source | undefined {
  const halves = splitFrontMatter(loadText(tree, path, () => {}) ?? '', path);
  if ('problem' in halves || !halves.yaml) return undefined;
  const read = readYamlQuickly(halves.yaml.text, { file: path, lineOffset: halves.yaml.lineOffset });
  return 'source' in read ? read.source : undefined;
}

/** The place of a key, or, where a value is given, of that value in a list. */
function find(source: Source | undefined, path: Path, value: string | undefined): Place[] {
  let member: Json | undefined = source?.value;
  for (const step of path) {
    if (Array.isArray(member)) member = member[Number(step)];
    else member = isObject(member) && Object.hasOwn(member, step) ? member[step] : undefined;
  }
  if (!source || member === undefined) return [];
  if (value === undefined) return [source.place(path, 'key')];
  if (!Array.isArray(member)) return [];
  const index = member.findIndex((each) => each === value || (isObject(each) && each.model === value));
  return index < 0 ? [] : [source.place([...path, index])];
}

/** Overrides that do not match the prompt may say the same: then their place is as good as any. */
function findInConfig(config: Source | undefined, key: string, value: string | undefined): Place[] {
  const value_ = config?.value;
  const overrides = isObject(value_) && Array.isArray(value_.overrides) ? value_.overrides : [];
  const found = overrides.flatMap((_each, index) => find(config, ['overrides', index, key], value));
  return [...found, ...find(config, [key], value)];
}
