import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = join(dirname(fileURLToPath(import.meta.url)), '../../src');

/** Files at the top of src/ that any room may use, beside its own files. */
const COMMON = [
  'vocabulary',
  'errors',
  'eval-key',
  'exit-codes',
  'finish-reasons',
  'canonical-json',
  'column',
  'hash',
  'json-path',
  'json-text',
  'lists',
  'lru',
  'model-pattern',
  'names',
  'nfc',
  'objects',
  'own-prices',
  'pages',
  'reasons',
  'schema-walk',
  'template-tags',
  'trust',
  'words',
];

/**
 * Who may import whom, beside itself and what is common. A room that is not named here may import nothing else: a new room or
 * edge is a decision, made in this table.
 */
const EDGES: Record<string, string[]> = {
  library: ['schemas', 'patterns', 'assertions/assertion', 'providers/provider', 'git'],
  plan: ['patterns'],
  ask: ['providers/provider'],
  score: ['assertions', 'ask/ask'],
  journal: [],
  stats: [],
  gate: ['stats'],
  policy: [],
  impact: ['library', 'assertions/assertion', 'score/grader'],
  catalogue: ['library', 'prompts', 'gate/settings', 'stats/mean'],
  prompts: ['library'],
  providers: [],
  assertions: ['ask/ask', 'schemas/json-schema', 'patterns'],
  patterns: [],
  reports: [],
  schemas: ['assertions/assertion', 'providers/provider'],
  run: ['ask/ask'],
  trust: [],
  'vocabulary.ts': ['vocabulary'],
  vocabulary: [],
  'errors.ts': ['errors'],
  errors: ['vocabulary'],
  'canonical-json.ts': [],
  'column.ts': [],
  'eval-key.ts': [],
  'exit-codes.ts': [],
  'finish-reasons.ts': [],
  'hash.ts': [],
  'json-path.ts': [],
  'json-text.ts': [],
  'lists.ts': [],
  'lru.ts': [],
  'model-pattern.ts': [],
  'names.ts': [],
  'nfc.ts': [],
  'own-prices.ts': [],
  'pages.ts': [],
  'reasons.ts': [],
  'schema-walk.ts': ['schema-walk'],
  'schema-walk': ['vocabulary'],
  'template-tags.ts': [],
  'version.ts': [],
  'world.ts': [],
  git: [],
};

/** These compose the rooms and may import them all. */
const COMPOSERS = ['pipeline', 'cli', 'index.ts'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'))
  .toSorted();

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, path]) => ({
    from: file,
    to: relative(SRC, join(SRC, dirname(file), path ?? ''))
      .split(sep)
      .join('/')
      .replace(/\.js$/, '.ts'),
  }));
}

const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);

function allowed({ from, to }: Import): boolean {
  const room = roomOf(from);
  if (COMPOSERS.some((each) => room === each || from.startsWith(`${each}.`))) return true;
  const target = to.replace(/\.ts$/, '');
  const may = [...(room.startsWith('vocabulary') ? [] : COMMON), ...(EDGES[room] ?? [])];
  return roomOf(to) === room || may.some((each) => target === each || target.startsWith(`${each}/`));
}

describe('the house', () => {
  const imports = files.flatMap(importsOf);

  it('has its rooms', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(100);
  });

  it('imports along the allowed edges only', () => {
    expect(imports.filter((each) => !allowed(each))).toEqual([]);
  });

  it('would notice a forbidden edge', () => {
    expect(allowed({ from: 'stats/mean.ts', to: 'gate/compare.ts' })).toBe(false);
    expect(allowed({ from: 'vocabulary.ts', to: 'errors.ts' })).toBe(false);
    expect(allowed({ from: 'library/cases.ts', to: 'score/facts.ts' })).toBe(false);
  });

  it('has no import cycles', () => {
    expect(cycleIn(imports)).toBeUndefined();
    expect(cycleIn([...imports, { from: 'vocabulary.ts', to: 'cli/main.ts' }])).toBeDefined();
  });

  it('keeps files short: none over 400 lines, most under 150', () => {
    const lengths = files.map((file) => ({
      file,
      lines: readFileSync(join(SRC, file), 'utf8').split('\n').length - 1,
    }));
    expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
    expect(lengths.filter(({ lines }) => lines <= 150).length / lengths.length).toBeGreaterThan(0.7);
  });

  it('throws no bare Error where the user made the mistake', () => {
    const rooms = new Set(['library', 'policy', 'cli', 'plan']);
    const bare = files
      .filter((file) => rooms.has(roomOf(file)))
      .filter((file) => /throw new Error\(/.test(readFileSync(join(SRC, file), 'utf8')));
    expect(bare).toEqual([]);
  });

  it('keeps pure rooms pure: no files, clock, environment or chance', () => {
    const impure = /node:(fs|child_process|http|net|os|process)|process\.|Date\.now|new Date\(\)|Math\.random/;
    const found = files
      .filter((file) => ['plan', 'stats', 'gate'].includes(roomOf(file)))
      .filter((file) => impure.test(readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')));
    expect(found).toEqual([]);
  });
});

/** A cycle among the imports, as the files on it; undefined when there is none. */
function cycleIn(imports: readonly Import[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const cycle = visit(to, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
