import { contentHash } from '../hash.js';
import { globFiles } from '../library/load.js';
import { isObject } from '../objects.js';
import type { Json, JsonObject } from '../vocabulary.js';
import { readValue } from './content.js';
import type { Side } from './side.js';

/** The config file a project has when none is named. */
export const CONFIG = 'assay.config.yaml';

/** A setting that prompts take from the config, and where in it: its own key, or an override by its index. */
export interface WrittenSetting {
  from: 'own' | number;
  value: Json;
}

/** Settings of which what is nearer replaces single keys, not all. */
export const MERGED: ReadonlySet<string> = new Set(['gate', 'parameters']);

/** The config as it is written, a file that is not there as an empty one. */
export class WrittenConfig {
  readonly path: string;
  private readonly written: JsonObject;
  private readonly overrides: readonly { written: JsonObject; files: ReadonlySet<string> }[];

  constructor({ library, tree }: Side) {
    this.path = library.config.file ?? CONFIG;
    const value = tree.has(this.path) ? readValue(tree, this.path) : null;
    this.written = isObject(value) ? value : {};
    const list = Array.isArray(this.written.overrides) ? this.written.overrides.filter(isObject) : [];
    this.overrides = list.map((each) => {
      const patterns = [each.files ?? []].flat().filter((pattern) => typeof pattern === 'string');
      return { written: each, files: new Set(globFiles(tree, patterns, () => {})) };
    });
  }

  has(key: string): boolean {
    return this.written[key] !== undefined;
  }

  /** What says a prompt's setting, unless its front matter does: the nearest, and of what is merged key by key all. */
  settings(key: string, prompt: string): WrittenSetting[] {
    const own = this.written[key];
    const found: WrittenSetting[] = own === undefined ? [] : [{ from: 'own', value: own }];
    for (const [index, { written, files }] of this.overrides.entries()) {
      const value = written[key];
      if (value !== undefined && files.has(prompt)) found.push({ from: index, value });
    }
    return MERGED.has(key) ? found : found.slice(-1);
  }

  /** A hash of settings as far as they concern a prompt. */
  hashFor(prompt: string, keys: readonly string[]): string {
    return contentHash(keys.map((key) => this.settings(key, prompt).map(({ value }) => value)));
  }

  /** A hash of all that is written under some keys, in overrides with the files they are for. */
  hashOf(keys: readonly string[]): string {
    const over = this.overrides.map(({ written }) => [written.files ?? null, keys.map((key) => written[key] ?? null)]);
    return contentHash([keys.map((key) => this.written[key] ?? null), over]);
  }
}
