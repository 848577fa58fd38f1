import { contentHash } from '../hash.js';
import { prefixes } from '../library/layout.js';
import type { Prompt } from '../vocabulary.js';
import { Closures, type Edge, wayTo } from './closure.js';
import { type Parts, partsOfData, partsOfTemplate, textHash } from './content.js';
import { type Aspect, decisive, differences, type PromptFacts } from './facts.js';
import type { Side } from './side.js';
import { CONFIG, WrittenConfig } from './written-config.js';

/** Why a prompt is affected: what changed of it; `new`: it was not there; `unknown`: it could not be read as it was. */
export type Change = Aspect | 'new' | 'unknown';

/** What changed, and the way through the graph: from the file that was changed to the prompt, both included. */
export interface Cause {
  change: Change;
  path: string[];
}

/**
 * Which parts of which files an aspect depends on. Of cases, `output` is what an assertion without a value checks; of providers,
 * models say which are asked.
 */
const PARTS: Readonly<Record<Aspect, { prompt: string[]; config: string[] }>> = {
  version: { prompt: ['body', 'parameters', 'output', 'structured', 'tools'], config: ['parameters', 'structured'] },
  cases: { prompt: ['output'], config: [] },
  models: { prompt: ['models'], config: ['models'] },
  providers: { prompt: ['models'], config: ['models', 'judge'] },
  prices: { prompt: [], config: ['prices'] },
  repeats: { prompt: ['repeats'], config: ['repeats'] },
  gate: { prompt: ['gate'], config: ['gate'] },
  judge: { prompt: [], config: ['judge'] },
};

/** Aspects that depend on what a prompt includes and the files of its cases. */
const VIA_FILES: ReadonlySet<Aspect> = new Set<Aspect>(['version', 'cases']);

/** What one prompt was and is, where its causes are looked for. */
interface Pair {
  was: Prompt;
  is: Prompt;
  facts: { before: PromptFacts; after: PromptFacts };
}

/** Finds the files behind a change: those whose relevant parts say something else than before. */
export class Causes {
  private readonly closures: { before: Closures; after: Closures };
  private readonly changed = new Map<string, Promise<ReadonlySet<string>>>();
  private readonly replaced = new Map<string, Promise<boolean>>();
  private written: { before: WrittenConfig; after: WrittenConfig } | undefined;
  private readonly configFile: string;

  /** @param around what of all that may differ a file is or lies in, where that is known */
  constructor(
    private readonly before: Side,
    private readonly after: Side,
    private readonly around?: (path: string) => string | undefined,
  ) {
    this.closures = { before: new Closures(before), after: new Closures(after) };
    this.configFile = after.library.config.file ?? before.library.config.file ?? CONFIG;
  }

  /** At least one cause for each aspect that differs, and each way once. */
  async of(was: Prompt, is: Prompt, facts: Pair['facts']): Promise<Cause[]> {
    const pair = { was, is, facts };
    const aspects = differences(facts.before, facts.after);
    // What a config changes in all prompts at once leads over none of their files.
    const edges = aspects.some((aspect) => VIA_FILES.has(aspect)) ? this.edges(was, is) : [];
    const causes: Cause[] = [];
    for (const aspect of aspects) {
      let ways = await this.ways(aspect, pair, edges);
      if (ways.length === 0 && aspect === 'cases') ways = await this.variants(is);
      if (ways.length === 0) ways = [[is.path]];
      const once = new Map(ways.map((path) => [path.join('\n'), path]));
      causes.push(...[...once.values()].map((path): Cause => ({ change: aspect, path })));
    }
    return causes;
  }

  private edges(was: Prompt, is: Prompt): Edge[] {
    const old = this.closures.before.ofPrompt(was);
    // A prompt that was moved keeps its id only within its library; the way ends at where it is now.
    const moved = old.map(({ from, to }) => ({ from, to: to === was.path ? is.path : to }));
    return [...this.closures.after.ofPrompt(is), ...moved];
  }

  private async ways(aspect: Aspect, pair: Pair, edges: readonly Edge[]): Promise<string[][]> {
    if (aspect === 'providers') return this.providerWays(pair);
    const { is } = pair;
    const ways: string[][] = [];
    const { prompt, config } = PARTS[aspect];
    if (await this.differs(is.path, prompt)) ways.push([is.path]);
    for (const file of new Set(edges.map(({ from }) => from))) {
      const parts = file.endsWith('.md') ? ['body'] : ['cases'];
      if (parts[0] !== (aspect === 'version' ? 'body' : aspect) || !(await this.differs(file, parts))) continue;
      const way = wayTo(is.path, file, edges);
      if (way) ways.push(way);
    }
    if (aspect === 'cases') ways.push(...this.owners(pair));
    if (this.configDiffers(pair, config)) ways.push([this.configFile, is.path]);
    return ways;
  }

  /** Of the providers that the prompt asks or asked: their settings, the files these name, and what says that they are asked. */
  private async providerWays(pair: Pair): Promise<string[][]> {
    const { is, facts } = pair;
    const ways: string[][] = [];
    const asked = new Set([...facts.before.asked, ...facts.after.asked]);
    let configured = false;
    for (const name of asked) {
      if (settingsOf(this.before, name) !== settingsOf(this.after, name)) configured = true;
      for (const file of new Set([...this.closures.before.filesOf(name), ...this.closures.after.filesOf(name)])) {
        if (await this.isReplaced(file)) ways.push([file, this.configFile, is.path]);
      }
    }
    if (asked.size > Math.min(facts.before.asked.size, facts.after.asked.size)) {
      const { prompt, config } = PARTS.providers;
      if (await this.differs(is.path, prompt)) ways.unshift([is.path]);
      configured ||= this.configDiffers(pair, config);
    }
    return configured ? [[this.configFile, is.path], ...ways] : ways;
  }

  /** Prompts that came or went, to which cases files belong that ran, or now run, for this one. */
  private owners({ was, is }: Pair): string[][] {
    const [old, now] = [new Set(was.caseFiles), new Set(is.caseFiles)];
    const moved = [...was.caseFiles, ...is.caseFiles].filter((file) => old.has(file) !== now.has(file));
    const stems = moved.flatMap((file) => (CASES.test(file) ? prefixes(file.replace(CASES, '')) : []));
    const paths = [...new Set(stems)].map((stem) => `${stem}.prompt.md`).filter((path) => path !== is.path);
    return paths.flatMap((path) => (this.before.tree.has(path) === this.after.tree.has(path) ? [] : [[path, is.path]]));
  }

  /** What counts as a variable of a data row depends on the templates of all prompts that run the cases. */
  private async variants(is: Prompt): Promise<string[][]> {
    const base = is.variantOf ?? is.id;
    const ways: string[][] = [];
    const sides = [...this.after.library.prompts, ...this.before.library.prompts];
    for (const { id, path, variantOf } of sides) {
      if ((variantOf ?? id) !== base || path === is.path || ways.some(([file]) => file === path)) continue;
      if (await this.differs(path, ['body', 'models'])) ways.push([path, is.path]);
    }
    return ways;
  }

  /** Whether the config says other settings for a prompt, where it changed at all. */
  private configDiffers({ was, is }: Pair, keys: readonly string[]): boolean {
    if (keys.length === 0 || this.isSpared(this.configFile)) return false;
    const { before, after } = (this.written ??= {
      before: new WrittenConfig(this.before),
      after: new WrittenConfig(this.after),
    });
    return (
      before.hashOf(keys) !== after.hashOf(keys) && before.hashFor(was.path, keys) !== after.hashFor(is.path, keys)
    );
  }

  private isSpared(file: string): boolean {
    return this.around !== undefined && this.around(file) === undefined;
  }

  private async differs(file: string, parts: readonly string[]): Promise<boolean> {
    if (parts.length === 0 || this.isSpared(file)) return false;
    let changed = this.changed.get(file);
    if (!changed) {
      changed = this.changedParts(file);
      this.changed.set(file, changed);
    }
    const set = await changed;
    return parts.some((part) => set.has(part));
  }

  private async changedParts(file: string): Promise<ReadonlySet<string>> {
    const [was, is] = [await partsOf(this.before, file), await partsOf(this.after, file)];
    return new Set([...Object.keys(was), ...Object.keys(is)].filter((part) => was[part] !== is[part]));
  }

  /** Whether a file of a provider has other lines: what they mean is the provider's to know. */
  private isReplaced(file: string): Promise<boolean> {
    if (this.isSpared(file)) return Promise.resolve(false);
    let known = this.replaced.get(file);
    if (!known) {
      known = this.linesDiffer(file);
      this.replaced.set(file, known);
    }
    return known;
  }

  private async linesDiffer(file: string): Promise<boolean> {
    const { before, after } = this;
    if (!before.tree.has(file) || !after.tree.has(file)) return before.tree.has(file) !== after.tree.has(file);
    return (await textHash(before.tree, file)) !== (await textHash(after.tree, file));
  }
}

/** The ending of a cases file. */
const CASES = /\.cases\.[a-z]+$/;

/** A hash of a provider's settings that can change its answers. */
function settingsOf({ library }: Side, name: string): string | undefined {
  const { providers } = library.config;
  const settings = Object.hasOwn(providers, name) ? providers[name] : undefined;
  return settings && contentHash(decisive(settings));
}

async function partsOf({ tree }: Side, file: string): Promise<Parts> {
  return file.endsWith('.md') ? partsOfTemplate(tree, file) : partsOfData(tree, file);
}
