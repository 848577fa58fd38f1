import { readCaseFile } from '../library/case-file.js';
import { partialFinder } from '../library/partials.js';
import type { Prompt } from '../vocabulary.js';
import { readTemplateFile } from './content.js';
import { filesNamedBy } from './named-files.js';
import type { Side } from './side.js';

/** One file reaches another: what it says is part of what the other one means. */
export interface Edge {
  from: string;
  to: string;
}

/** Finds which files reach which; each file is read once. */
export class Closures {
  private readonly included = new Map<string, readonly string[]>();
  private readonly named = new Map<string, readonly string[]>();
  private readonly find: ReturnType<typeof partialFinder>;

  constructor(private readonly side: Side) {
    this.find = partialFinder(side.tree, () => {});
  }

  /** The edges between the files of a prompt, each once: partials, cases, data. */
  ofPrompt(prompt: Prompt): Edge[] {
    const edges: Edge[] = [];
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const partial of this.partialsOf(file)) {
        edges.push({ from: partial, to: file });
        visit(partial);
      }
    };
    visit(prompt.path);
    const data = new Set<string>();
    for (const file of prompt.caseFiles) {
      for (const from of this.dataOf(file)) {
        if (!prompt.caseFiles.includes(from)) continue;
        edges.push({ from, to: file });
        data.add(from);
      }
    }
    for (const file of prompt.caseFiles) if (!data.has(file)) edges.push({ from: file, to: prompt.path });
    return edges;
  }

  /** Files that the settings of a provider name. */
  filesOf(provider: string): string[] {
    const { config } = this.side.library;
    const settings = Object.hasOwn(config.providers, provider) ? config.providers[provider] : undefined;
    return settings ? filesNamedBy(settings, this.side.tree) : [];
  }

  private partialsOf(file: string): readonly string[] {
    let found = this.included.get(file);
    if (!found) {
      const { includes } = readTemplateFile(this.side.tree, file);
      found = includes.flatMap((name) => this.find(name, file)?.file ?? []);
      this.included.set(file, found);
    }
    return found;
  }

  private dataOf(file: string): readonly string[] {
    if (!/\.(?:yaml|json)$/.test(file)) return [];
    let found = this.named.get(file);
    if (!found) {
      found = readCaseFile(this.side.tree, file, () => {}).from.map(({ path }) => path);
      this.named.set(file, found);
    }
    return found;
  }
}

/** The shortest way from a file to another one, both included; undefined where there is none. */
export function wayTo(target: string, from: string, edges: readonly Edge[]): string[] | undefined {
  const ways: string[][] = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    const last = way.at(-1);
    if (last === target) return way;
    for (const edge of edges) {
      if (edge.from !== last || seen.has(edge.to)) continue;
      seen.add(edge.to);
      ways.push([...way, edge.to]);
    }
  }
  return undefined;
}
