import type { Prompt } from '../vocabulary.js';
import { Closures, type Edge, wayTo } from './closure.js';
import { type Parts, partsOfConfig, partsOfData, partsOfTemplate } from './content.js';
import type { Aspect } from './facts.js';
import type { Side } from './side.js';

/** Why a prompt is affected: what changed of it; `new`: it was not there; `unknown`: it could not be read as it was. */
export type Change = Aspect | 'new' | 'unknown';

/** What changed, and the way through the graph: from the file that was changed to the prompt, both included. */
export interface Cause {
  change: Change;
  path: string[];
}

/** Which parts of which files an aspect depends on. Of cases, `output` is what an assertion without a value checks. */
const PARTS: Readonly<Record<Aspect, { prompt: string[]; config: string[] }>> = {
  version: { prompt: ['body', 'parameters', 'output', 'structured', 'tools'], config: ['parameters', 'structured'] },
  cases: { prompt: ['output'], config: [] },
  models: { prompt: ['models'], config: ['models'] },
  providers: { prompt: [], config: ['providers'] },
  prices: { prompt: [], config: ['prices'] },
  repeats: { prompt: ['repeats'], config: ['repeats'] },
  gate: { prompt: ['gate'], config: ['gate'] },
  judge: { prompt: [], config: ['judge'] },
};

/** Aspects that depend on what a prompt includes and the files of its cases. */
const VIA_FILES: ReadonlySet<Aspect> = new Set<Aspect>(['version', 'cases']);

const CONFIG = 'assay.config.yaml';

/** Finds the files behind a change: those whose relevant parts say something else than before. */
export class Causes {
  private readonly closures: { before: Closures; after: Closures };
  private readonly changed = new Map<string, Promise<ReadonlySet<string>>>();

  /** @param around what of all that may differ a file is or lies in, where that is known */
  constructor(
    private readonly before: Side,
    private readonly after: Side,
    private readonly around?: (path: string) => string | undefined,
  ) {
    this.closures = { before: new Closures(before), after: new Closures(after) };
  }

  /** At least one cause for each aspect. */
  async of(was: Prompt, is: Prompt, aspects: readonly Aspect[]): Promise<Cause[]> {
    // What a config changes in all prompts at once leads over none of their files.
    const edges = aspects.some((aspect) => VIA_FILES.has(aspect)) ? this.edges(was, is) : [];
    const causes: Cause[] = [];
    for (const aspect of aspects) {
      let ways = await this.ways(aspect, is, edges);
      if (ways.length === 0 && aspect === 'cases') ways = await this.variants(is);
      if (ways.length === 0) ways = [[is.path]];
      causes.push(...ways.map((path): Cause => ({ change: aspect, path })));
    }
    return causes;
  }

  private edges(was: Prompt, is: Prompt): Edge[] {
    const old = this.closures.before.ofPrompt(was);
    // A prompt that was moved keeps its id only within its library; the way ends at where it is now.
    const moved = old.map(({ from, to }) => ({ from, to: to === was.path ? is.path : to }));
    return [...this.closures.after.ofPrompt(is), ...moved];
  }

  private async ways(aspect: Aspect, is: Prompt, edges: readonly Edge[]): Promise<string[][]> {
    const ways: string[][] = [];
    const { prompt, config } = PARTS[aspect];
    if (await this.differs(is.path, prompt)) ways.push([is.path]);
    for (const file of new Set(edges.map(({ from }) => from))) {
      const parts = file.endsWith('.md') ? ['body'] : ['cases'];
      if (parts[0] !== (aspect === 'version' ? 'body' : aspect) || !(await this.differs(file, parts))) continue;
      const way = wayTo(is.path, file, edges);
      if (way) ways.push(way);
    }
    const configFile = this.after.library.config.file ?? this.before.library.config.file ?? CONFIG;
    if (await this.differs(configFile, config)) ways.push([configFile, is.path]);
    else if (aspect === 'providers') ways.push(...(await this.providerFiles(configFile, is)));
    return ways;
  }

  /** Files that a provider's settings name. */
  private async providerFiles(configFile: string, is: Prompt): Promise<string[][]> {
    const ways: string[][] = [];
    for (const name of Object.keys(this.after.library.config.providers)) {
      for (const file of this.closures.after.filesOf(name)) {
        if (await this.differs(file, ['cases'])) ways.push([file, configFile, is.path]);
      }
    }
    return ways;
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

  private async differs(file: string, parts: readonly string[]): Promise<boolean> {
    if (parts.length === 0 || (this.around && this.around(file) === undefined)) return false;
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
}

async function partsOf({ tree, library }: Side, file: string): Promise<Parts> {
  if (file === (library.config.file ?? CONFIG)) return partsOfConfig(tree, file);
  return file.endsWith('.md') ? partsOfTemplate(tree, file) : partsOfData(tree, file);
}
