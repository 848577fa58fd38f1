import { problems as make } from '../errors.js';
import type { Place } from '../vocabulary.js';
import type { Report } from './findings.js';
import { readJson } from './json.js';
import { loadText } from './load.js';
import { readYamlQuickly } from './quick-yaml.js';
import type { Source } from './source.js';
import type { Tree } from './tree.js';

/** Largest JSON file that is read as a whole, in characters. */
const MAX_JSON = 128_000_000;

/** Reads a YAML or JSON file, by its ending. Undefined after reporting why it cannot be read. */
export function loadSource(tree: Tree, path: string, report: Report, mentioned?: Place): Source | undefined {
  const text = loadText(tree, path, report, mentioned);
  if (text === undefined) return undefined;
  const json = path.endsWith('.json');
  if (json && text.length > MAX_JSON) {
    report(make['too-large'](MAX_JSON, { file: path, line: 1, column: 1 }));
    return undefined;
  }
  const read = json ? readJson(text, { file: path }) : readYamlQuickly(text, { file: path });
  if ('source' in read) return read.source;
  for (const problem of read.problems) report(problem);
  return undefined;
}
