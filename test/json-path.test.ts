import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePath } from '../src/json-path.js';
import type { Json } from '../src/vocabulary.js';

function find(path: string, value: Json): Json | undefined {
  const compiled = compilePath(path);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.find(value);
}

const store: Json = {
  queue: 'billing',
  'a b': 1,
  "it's": 2,
  'say "x"': 3,
  items: [{ name: 'a' }, { name: 'b', items: [{ name: 'c' }] }, 'text'],
  empty: [],
  nothing: null,
};

describe('compilePath finds', () => {
  it.each<[string, Json]>([
    ['$', store],
    ['$.queue', 'billing'],
    ["$['queue']", 'billing'],
    ['$["a b"]', 1],
    ["$['it\\'s']", 2],
    ['$["it\'s"]', 2],
    ['$["say \\"x\\""]', 3],
    ['$[\'say "x"\']', 3],
    ["$['\\u0071ueue']", 'billing'],
    ['$.items[0].name', 'a'],
    ['$.items[-1]', 'text'],
    ['$.items[ 1 ].name', 'b'],
    ['$.items[*].name', ['a', 'b']],
    ['$.items.*', (store as { items: Json[] }).items],
    ['$..name', ['a', 'b', 'c']],
    ['$..[0].name', ['a', 'c']],
    ["$..['name']", ['a', 'b', 'c']],
    ['$.nothing', null],
  ])('%s', (path, expected) => {
    expect(find(path, store)).toEqual(expected);
  });
});

describe('compilePath finds nothing', () => {
  it.each([
    '$.missing',
    '$.items.length',
    '$.queue.length',
    '$.items[9]',
    '$.items[-9]',
    '$.queue[0]',
    '$.toString',
    '$.__proto__',
    '$.constructor',
    '$.items[*].missing',
    '$.empty[*]',
    '$..missing',
    '$.nothing.x',
  ])('%s', (path) => {
    expect(find(path, store)).toBeUndefined();
  });

  it('but an own __proto__ member is data like any other', () => {
    expect(find("$['__proto__'].x", JSON.parse('{"__proto__":{"x":1}}') as Json)).toBe(1);
  });
});

describe('compilePath refuses', () => {
  it.each<[string, RegExp]>([
    ['queue', /begin with "\$"/],
    ['', /begin with/],
    ['$.', /character 2/],
    ['$x', /character 2/],
    ['$.my-key', /\['like-this'\]/],
    ['$[01]', /character 2/],
    ['$[-0]', /character 2/],
    ['$[?@.a]', /filters/],
    ['$[0:2]', /slices/],
    ['$[0,1]', /several/],
    ["$['a','b']", /several/],
    ['$.[0]', /character 2/],
    ["$['\\x']", /escape/],
    ["$['a]", /character 2/],
    ['$..a..b', /more than one/],
    ['$.a ', /character 4/],
  ])('%s', (path, message) => {
    expect(compilePath(path)).toEqual({ ok: false, message: expect.stringMatching(message) });
  });
});

describe('laws', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

  it('any member is found by its quoted name, whatever its characters', () => {
    fc.assert(
      fc.property(fc.string(), json, (name, value) => {
        const holder = Object.fromEntries([[name, value]]) as Json;
        expect(find(`$[${JSON.stringify(name)}]`, holder)).toEqual(value);
        const single = JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
        expect(find(`$['${single}']`, holder)).toEqual(value);
      }),
    );
  });

  it('[i] and [i - length] find the same element', () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 8 }), fc.nat(), (list, n) => {
        const index = n % list.length;
        expect(find(`$[${index}]`, list)).toEqual(list[index]);
        expect(find(`$[${index - list.length}]`, list)).toEqual(list[index]);
      }),
    );
  });

  it('* finds what Object.values finds', () => {
    fc.assert(
      fc.property(json, (value) => {
        const members = value !== null && typeof value === 'object' ? Object.values(value) : [];
        expect(find('$.*', value)).toEqual(members.length > 0 ? members : undefined);
      }),
    );
  });

  it('..name finds every member of that name', () => {
    const count = (value: Json): number =>
      value === null || typeof value !== 'object'
        ? 0
        : Object.entries(value).reduce(
            (sum, [key, member]) => sum + (key === 'x' && !Array.isArray(value) ? 1 : 0) + count(member),
            0,
          );
    const withX = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.dictionary(fc.constantFrom('x', 'y'), tie('tree')),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    })).tree;
    fc.assert(
      fc.property(withX, (value) => {
        const found = find('$..x', value);
        expect(Array.isArray(found) ? found.length : 0).toBe(count(value));
      }),
    );
  });

  it('never throws, whatever the path', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `$${text}`),
        ),
        json,
        (path, value) => {
          const compiled = compilePath(path);
          const read = compiled.ok ? typeof compiled.find(value) : compiled.message;
          expect(read).not.toBe('');
        },
      ),
    );
  });

  it('looks through 200,000 levels of nesting', () => {
    const value = JSON.parse(`${'['.repeat(200_000)}{"x":1}${']'.repeat(200_000)}`) as Json;
    expect(find('$..x', value)).toEqual([1]);
  });
});
