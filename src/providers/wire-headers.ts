/** Headers as the HTTP client has them: names in lower case, a list where a name came several times. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The headers of an answer, read where they lie: the platform's class checks, copies and sorts them for each answer, whether or
 * not anyone looks. They cannot be changed, as those of a fetched `Response` cannot.
 */
export class WireHeaders implements Headers {
  readonly #raw: RawHeaders;

  constructor(raw: RawHeaders) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    const key = name.toLowerCase();
    const value = Object.hasOwn(this.#raw, key) ? this.#raw[key] : undefined;
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  getSetCookie(): string[] {
    const { 'set-cookie': cookies } = this.#raw;
    return cookies === undefined ? [] : [cookies].flat();
  }

  *entries(): Generator<[string, string], undefined> {
    for (const name of Object.keys(this.#raw).toSorted()) {
      const value = this.get(name);
      if (name === 'set-cookie') for (const cookie of this.getSetCookie()) yield [name, cookie];
      else if (value !== null) yield [name, value];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }

  forEach(tell: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this.entries()) tell(value, name, this);
  }

  append(): never {
    return refuse();
  }

  delete(): never {
    return refuse();
  }

  set(): never {
    return refuse();
  }
}

function refuse(): never {
  throw new TypeError('the headers of an answer cannot be changed');
}

/**
 * Headers that are never changed → the form in which the HTTP client sends them. No class that extends `Headers`: naming that makes
 * Node load its own HTTP client, which takes a run without a call half as long as Node's start.
 */
const fixed = new WeakMap<object, string[]>();

/** A copy of headers for many requests, with the form in which they are sent made once. It must not be changed. */
export function fixedHeaders(headers: Headers): Headers {
  const copy = new Headers(headers);
  fixed.set(copy, flatHeaders(copy));
  return copy;
}

/** Names and values in turn, as the HTTP client takes them without another look. */
export function flatHeaders(headers: RequestInit['headers']): string[] {
  const known = headers && fixed.get(headers);
  if (known) return known;
  const flat: string[] = [];
  for (const [name, value] of headers instanceof Headers ? headers : new Headers(headers)) flat.push(name, value);
  return flat;
}
