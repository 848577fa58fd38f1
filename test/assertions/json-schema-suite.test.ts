import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../src/assertions/schema.js';
import type { Json } from '../../src/vocabulary.js';

/** The official JSON Schema Test Suite, when it lies beside the repository. */
const SUITE = fileURLToPath(new URL('../../../shared/specs/json-schema-test-suite', import.meta.url));
const KNOWN = new URL('json-schema-suite.known.json', import.meta.url);

interface Group {
  description: string;
  schema: Json;
  tests: { description: string; data: Json; valid: boolean }[];
}

const DRAFTS = {
  draft7: { dialect: 'http://json-schema.org/draft-07/schema#', atLeast: 1_600 },
  'draft2020-12': { dialect: 'https://json-schema.org/draft/2020-12/schema', atLeast: 2_100 },
};

describe.skipIf(!existsSync(SUITE))(`JSON Schema Test Suite (skipped where ${relative('.', SUITE)} is absent)`, () => {
  it.each(Object.entries(DRAFTS))('%s: fails exactly what is known to fail', (draft, { dialect, atLeast }) => {
    const { failed, count } = run(draft, dialect);
    expect(count).toBeGreaterThanOrEqual(atLeast);
    const known = JSON.parse(readFileSync(KNOWN, 'utf8'));
    expect(failed).toEqual(known[draft]);
  });
});

function run(draft: string, dialect: string): { failed: Record<string, number>; count: number } {
  const failed: Record<string, number> = {};
  let count = 0;
  const remotes = remotesOf(draft);
  for (const file of jsonFiles(join(SUITE, 'tests', draft))) {
    const name = file
      .slice(join(SUITE, 'tests', draft).length + 1)
      .split(sep)
      .join('/');
    for (const group of JSON.parse(readFileSync(file, 'utf8')) as Group[]) {
      const remote = JSON.stringify(group.schema).includes('localhost:1234');
      const wrong = wrongOf(group, dialect, remote ? remotes : {});
      count += group.tests.length;
      if (wrong > 0) failed[`${name}: ${group.description}`] = wrong;
    }
  }
  return { failed, count };
}

/** Number of a group's tests that go wrong; all of them when the schema cannot be compiled. */
function wrongOf({ schema, tests }: Group, dialect: string, remotes: Record<string, Json>): number {
  const named = isObject(schema) && schema['$schema'] === undefined ? { $schema: dialect, ...schema } : schema;
  const compiled = compileSchema(named, { strict: false, remotes });
  if (!compiled.ok) return tests.length;
  return tests.filter(({ data, valid }) => {
    try {
      return compiled.validate(data).valid !== valid;
    } catch {
      return true;
    }
  }).length;
}

function remotesOf(draft: string): Record<string, Json> {
  const root = join(SUITE, 'remotes');
  const own = jsonFiles(root).filter(
    (file) => !/^(?:draft|v1)/.test(relative(root, file)) || relative(root, file).startsWith(draft),
  );
  return Object.fromEntries(
    own.map((file) => [
      `http://localhost:1234/${relative(root, file).split(sep).join('/')}`,
      JSON.parse(readFileSync(file, 'utf8')),
    ]),
  );
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => join(folder, file));
}

function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
