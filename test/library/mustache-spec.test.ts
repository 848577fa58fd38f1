import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderParts } from '../../src/library/context.js';
import { parseTemplate } from '../../src/library/template.js';
import type { Json } from '../../src/vocabulary.js';

/** The official core modules (github.com/mustache/spec) lie beside the project, if at all: they are not part of it. */
const FOLDER = new URL('../../../shared/specs/mustache/', import.meta.url);
const MODULES = ['comments', 'delimiters', 'interpolation', 'inverted', 'partials', 'sections'];

/** What we do otherwise on purpose: a mistake is told, where Mustache prints nothing or goes on for ever. */
const DIFFERENT = ['partials: Failed Lookup', 'partials: Recursion'];

interface Row {
  name: string;
  data: Json;
  template: string;
  expected: string;
  partials?: Record<string, string>;
}

function renderRow(row: Row): string {
  const parsed = parseTemplate(row.template, { file: 'row' }, (name) => {
    const text = row.partials?.[name];
    return text === undefined ? undefined : { file: name, text };
  });
  // Some rows are templates of blanks and comments only: a mistake in a prompt, but they render.
  const mistakes = parsed.problems.filter((problem) => problem.code !== 'empty-template');
  return mistakes.length > 0
    ? `refused: ${mistakes.map((each) => each.code).join()}`
    : renderParts(parsed.parts, [row.data]);
}

/** Our texts are not HTML and have LF line ends. */
function plain(expected: string): string {
  const named = { '&quot;': '"', '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  return expected
    .replace(/&(?:quot|lt|gt|amp);/g, (name) => named[name as keyof typeof named])
    .replaceAll('\r\n', '\n');
}

describe.skipIf(!existsSync(FOLDER))('the official Mustache specification (skipped where it is not at hand)', () => {
  it('holds in all core modules but for the known differences', () => {
    const different: string[] = [];
    let rows = 0;
    for (const module of MODULES) {
      const { tests } = JSON.parse(readFileSync(new URL(`${module}.json`, FOLDER), 'utf8')) as { tests: Row[] };
      for (const row of tests) {
        rows += 1;
        if (renderRow(row) !== plain(row.expected)) different.push(`${module}: ${row.name}`);
      }
    }
    expect(rows).toBeGreaterThanOrEqual(136);
    expect(different).toEqual(DIFFERENT);
  });
});
