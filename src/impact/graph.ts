import { ownPriceOf } from '../own-prices.js';
import type { Json, Prompt } from '../vocabulary.js';
import { Closures, type Edge } from './closure.js';
import { readTemplateFile } from './content.js';
import type { Side } from './side.js';
import { oneByOne } from '../lists.js';
import { hasCommonJudge } from '../score/grader.js';
import { MERGED, WrittenConfig } from './written-config.js';

/** What a node of the graph is. The id of a file is its path, that of a part of the config `<path>#<part>`. */
export type NodeKind = 'prompt' | 'partial' | 'cases' | 'data' | 'model' | 'provider' | 'config' | 'file';

/** What reaches what: an edge leads from what is changed to what that changes. */
export interface Graph {
  nodes: { id: string; kind: NodeKind }[];
  edges: Edge[];
}

const CONFIG_PARTS = ['models', 'repeats', 'gate', 'parameters', 'structured'] as const;

/**
 * The graph of a library: partials, cases, data, models with their providers, and the parts of the config that are written, each
 * leading to the prompts it governs.
 */
export async function graphOf(side: Side): Promise<Graph> {
  const graph = new Building();
  const closures = new Closures(side);
  const config = new ConfigNodes(side);
  for (const prompt of side.library.prompts) {
    graph.node(prompt.path, 'prompt');
    for (const partial of prompt.partials) graph.node(partial, 'partial');
    for (const file of prompt.caseFiles) graph.node(file, /\.cases\.[a-z]+$/.test(file) ? 'cases' : 'data');
    for (const { from, to } of closures.ofPrompt(prompt)) graph.edge(from, to);
    const { matter } = readTemplateFile(side.tree, prompt.path);
    for (const part of config.partsFor(prompt, matter)) graph.edge(graph.node(part, 'config'), prompt.path);
    for (const { model } of prompt.models) {
      const asked = graph.node(`model ${model}`, 'model');
      graph.edge(asked, prompt.path);
      if (ownPriceOf(model, side.library.config.prices)) graph.edge(graph.node(config.id('prices'), 'config'), asked);
    }
    if (config.judge && (await isJudged(prompt, side))) graph.edge(graph.node(config.judge, 'config'), prompt.path);
  }
  const { providers, judge } = side.library.config;
  const serve = (model: string, served: string): void => {
    const name = model.slice(0, model.indexOf(':'));
    if (!graph.has(served) || !Object.hasOwn(providers, name)) return;
    const provider = graph.node(config.id(`providers.${name}`), 'provider');
    graph.edge(provider, served);
    for (const file of closures.filesOf(name)) graph.edge(graph.node(file, 'file'), provider);
  };
  for (const { models } of side.library.prompts) for (const { model } of models) serve(model, `model ${model}`);
  if (judge) serve(judge.model, config.id('judge'));
  return graph.done();
}

async function isJudged(prompt: Prompt, { library, assertions }: Side): Promise<boolean> {
  for await (const { assert } of oneByOne(library.cases(prompt))) {
    if (assert.some((each) => hasCommonJudge(each, assertions))) return true;
  }
  return false;
}

/** The parts of the config as nodes. */
class ConfigNodes {
  private readonly written: WrittenConfig;

  constructor(private readonly side: Side) {
    this.written = new WrittenConfig(side);
  }

  id(part: string): string {
    return `${this.side.library.config.file ?? ''}#${part}`;
  }

  get judge(): string | undefined {
    return this.written.has('judge') ? this.id('judge') : undefined;
  }

  /** The parts that reach a prompt: what a nearer one replaces does not, but for what is merged key by key. */
  partsFor({ path }: Prompt, matter: Readonly<Record<string, Json>>): string[] {
    return CONFIG_PARTS.flatMap((part) => {
      if (!MERGED.has(part) && matter[part] !== undefined) return [];
      return this.written.settings(part, path).map(({ from }) => this.id(from === 'own' ? part : `overrides[${from}]`));
    });
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

class Building {
  private readonly nodes = new Map<string, NodeKind>();
  private readonly edges = new Map<string, Edge>();

  node(id: string, kind: NodeKind): string {
    this.nodes.set(id, this.nodes.get(id) ?? kind);
    return id;
  }

  has(id: string): boolean {
    return this.nodes.has(id);
  }

  edge(from: string, to: string): void {
    this.edges.set(`${from}\n${to}`, { from, to });
  }

  done(): Graph {
    const nodes = [...this.nodes].map(([id, kind]) => ({ id, kind }));
    return {
      nodes: nodes.toSorted((a, b) => byText(a.id, b.id)),
      edges: [...this.edges.values()].toSorted((a, b) => byText(a.from, b.from) || byText(a.to, b.to)),
    };
  }
}
