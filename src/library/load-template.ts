import { splitFrontMatter } from './front-matter.js';
import { loadText } from './load.js';
import type { Tree } from './tree.js';

/** The template of a prompt or partial, its line ends LF, and the number of the line it begins with; empty where it cannot be read. */
export function loadTemplate(tree: Tree, path: string): { text: string; line: number } {
  const text = loadText(tree, path, () => {}) ?? '';
  const halves = path.endsWith('.prompt.md') ? splitFrontMatter(text, path) : undefined;
  if (!halves || 'problem' in halves) return { text: text.replace(/\r\n?/g, '\n'), line: 1 };
  return { text: halves.body.text, line: halves.body.lineOffset + 1 };
}
