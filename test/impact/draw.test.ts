import { describe, expect, test } from 'vitest';
import { draw } from '../../src/impact/draw.js';
import type { Graph } from '../../src/impact/graph.js';

/** Names that would end a label, or begin something else, in either language. */
const ODD = 'evals/a "b" [c] {d} | <e> #35; \\ `f` --> g.prompt.md';
const MODEL = 'model mock:echo; end';
const GRAPH: Graph = {
  nodes: [
    { id: ODD, kind: 'prompt' },
    { id: MODEL, kind: 'model' },
    { id: 'evals/two\nlines.md', kind: 'partial' },
  ],
  edges: [
    { from: MODEL, to: ODD },
    { from: 'evals/two\nlines.md', to: ODD },
  ],
};

describe('a graph', () => {
  test('as Mermaid has ids of its own, and labels in which nothing is an end', () => {
    expect(draw(GRAPH, 'mermaid')).toMatchInlineSnapshot(`
      "flowchart LR
        n0["evals/a #34;b#34; #91;c#93; #123;d#125; #124; #60;e#62; #35;35#59; #92; #96;f#96; --#62; g.prompt.md"]
        n1{{"mock:echo#59; end"}}
        n2("evals/two#10;lines.md")
        n1 --> n0
        n2 --> n0
      "
    `);
  });

  test('as DOT has every name in quotes that nothing closes', () => {
    expect(draw(GRAPH, 'dot')).toMatchInlineSnapshot(`
      "digraph library {
        rankdir=LR;
        "evals/a \\"b\\" [c] {d} | <e> #35; \\\\ \`f\` --> g.prompt.md" [label="evals/a \\"b\\" [c] {d} | <e> #35; \\\\ \`f\` --> g.prompt.md", shape=box];
        "model mock:echo; end" [label="mock:echo; end", shape=hexagon];
        "evals/two lines.md" [label="evals/two lines.md", shape=ellipse];
        "model mock:echo; end" -> "evals/a \\"b\\" [c] {d} | <e> #35; \\\\ \`f\` --> g.prompt.md";
        "evals/two lines.md" -> "evals/a \\"b\\" [c] {d} | <e> #35; \\\\ \`f\` --> g.prompt.md";
      }
      "
    `);
  });

  test('as JSON is what it is', () => {
    expect(JSON.parse(draw(GRAPH, 'json'))).toEqual(GRAPH);
  });
});
