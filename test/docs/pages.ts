import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from '../support/project.js';

/** The pages that users read, by their paths in the package. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(PACKAGE, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'));

/** A fenced block. One behind the comment `<!-- example: <project> <path> -->` is a file of an example project. */
export interface Block {
  page: string;
  line: number;
  language: string;
  text: string;
  example?: { project: string; path: string };
  /** The heading it stands under. */
  heading: string;
}

/** The text of a page, with LF ends. */
export function pageText(path: string): string {
  return readFileSync(join(PACKAGE, path), 'utf8').replaceAll('\r\n', '\n');
}

/** The fenced blocks of a page in their order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { block: Block; lines: string[] } | undefined;
  let heading = '';
  let example: Block['example'];
  for (const [index, line] of pageText(page).split('\n').entries()) {
    if (open) {
      if (line !== '```') open.lines.push(line);
      else {
        blocks.push({ ...open.block, text: `${open.lines.join('\n')}\n` });
        open = undefined;
      }
      continue;
    }
    const [, language] = /^```(\S*)$/.exec(line) ?? [];
    const [, title] = /^#+ (.+)$/.exec(line) ?? [];
    const [, project, path] = /^<!-- example: (\S+) (\S+) -->$/.exec(line) ?? [];
    if (title !== undefined) heading = title;
    if (language !== undefined) {
      const block: Block = { page, line: index + 1, language, text: '', heading, ...(example && { example }) };
      open = { block, lines: [] };
    }
    if (line.trim() !== '') example = project && path ? { project, path } : undefined;
  }
  if (open) throw new Error(`${page}:${open.block.line}: the block is not closed`);
  return blocks;
}

/** The files of an example project, as a reader would save them. */
export function exampleFiles(project: string): Record<string, string> {
  const blocks = PAGES.flatMap(blocksOf).filter((each) => each.example?.project === project);
  return Object.fromEntries(blocks.map((each) => [each.example?.path ?? '', each.text]));
}

/** A table of a page: its heading row and the others, cell by cell. */
export interface Table {
  heading: string;
  head: string[];
  rows: string[][];
}

/** The tables of a page in their order. */
export function tablesOf(page: string): Table[] {
  const tables: Table[] = [];
  let heading = '';
  let before = '';
  for (const line of pageText(page).split('\n')) {
    const [, title] = /^#+ (.+)$/.exec(line) ?? [];
    if (title !== undefined) heading = title;
    if (line.startsWith('|')) {
      const cells = line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim());
      if (!before.startsWith('|')) tables.push({ heading, head: cells, rows: [] });
      else if (!/^\|[-|]+\|$/.test(line)) tables.at(-1)?.rows.push(cells);
    }
    before = line;
  }
  return tables;
}

/** The table under a heading whose first column is named so. */
export function tableOf(page: string, column: string, heading?: string): Table {
  const found = tablesOf(page).filter((each) => each.head[0] === column && (heading ?? each.heading) === each.heading);
  const [table] = found;
  if (!table || found.length > 1) throw new Error(`${page} has ${found.length} tables "${column}" under "${heading}"`);
  return table;
}

/** The members of a value that is an object; none of anything else. */
export function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The words in backticks, but for blocks; several in one pair stand divided by blanks. */
export function codeWords(text: string): string[] {
  return [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/`([^`]+)`/g)].flatMap(([, words = '']) =>
    words.split(' '),
  );
}
