import { forJson, forTerminal } from '../trust/escape.js';
import type { Graph, NodeKind } from './graph.js';

/** The formats a graph is drawn in. */
export const FORMATS = ['mermaid', 'dot', 'json'] as const;
export type GraphFormat = (typeof FORMATS)[number];

/** A graph as text. */
export function draw(graph: Graph, format: GraphFormat): string {
  if (format === 'json') return `${forJson(JSON.stringify(graph, null, 2))}\n`;
  return format === 'dot' ? forTerminal(dot(graph)) : mermaid(graph);
}

/** Mermaid's brackets by kind; a name stands in quotes, as it may hold anything. */
const BRACKETS: Readonly<Record<NodeKind, readonly [string, string]>> = {
  prompt: ['[', ']'],
  partial: ['(', ')'],
  cases: ['[/', '/]'],
  data: ['[(', ')]'],
  file: ['[(', ')]'],
  model: ['{{', '}}'],
  provider: ['{{', '}}'],
  config: ['>', ']'],
};

function mermaid({ nodes, edges }: Graph): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = nodes.map(({ id, kind }) => {
    const [open, close] = BRACKETS[kind];
    return `  ${names.get(id)}${open}"${forMermaid(label(id))}"${close}`;
  });
  const arrows = edges.map(({ from, to }) => `  ${names.get(from)} --> ${names.get(to)}`);
  return `flowchart LR\n${[...lines, ...arrows].join('\n')}\n`;
}

const SHAPES: Readonly<Record<NodeKind, string>> = {
  prompt: 'box',
  partial: 'ellipse',
  cases: 'note',
  data: 'cylinder',
  file: 'cylinder',
  model: 'hexagon',
  provider: 'hexagon',
  config: 'tab',
};

function dot({ nodes, edges }: Graph): string {
  const lines = nodes.map(({ id, kind }) => `  ${forDot(id)} [label=${forDot(label(id))}, shape=${SHAPES[kind]}];`);
  const arrows = edges.map(({ from, to }) => `  ${forDot(from)} -> ${forDot(to)};`);
  return `digraph library {\n  rankdir=LR;\n${[...lines, ...arrows].join('\n')}\n}\n`;
}

function label(id: string): string {
  return id.replace(/^model /, '');
}

/** A text in Mermaid's quotes: entities are its only escapes. */
function forMermaid(text: string): string {
  return text.replace(/[^\p{L}\p{N} ./:_@-]/gu, (each) => `#${each.codePointAt(0)};`);
}

function forDot(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`).replace(/\p{Cc}/gu, ' ')}"`;
}
