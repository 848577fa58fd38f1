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

  entries(): ArrayIterator<[string, string]> {
    const found: [string, string][] = [];
    for (const name of Object.keys(this.#raw).toSorted()) {
      const value = this.get(name);
      if (name === 'set-cookie') for (const cookie of this.getSetCookie()) found.push([name, cookie]);
      else if (value !== null) found.push([name, value]);
    }
    return found.values();
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): ArrayIterator<[string, string]> {
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
 * Headers of many requests, with the form in which the HTTP client sends them made once. None of the platform's: through those the
 * SDKs go for each request, to write them into a log that is off.
 */
export class FixedHeaders extends WireHeaders {
  readonly #flat: string[];

  constructor(headers: Headers) {
    super(Object.fromEntries(headers));
    this.#flat = flatHeaders(headers);
  }

  get flat(): string[] {
    return this.#flat;
  }
}

/** Names and values in turn, as the HTTP client takes them without another look. */
export function flatHeaders(headers: RequestInit['headers']): string[] {
  if (headers instanceof FixedHeaders) return headers.flat;
  const flat: string[] = [];
  // `Headers` is not named: Node would load its own HTTP client for it.
  const pairs: Iterable<Iterable<unknown>> =
    headers && Symbol.iterator in headers ? headers : Object.entries(headers ?? {});
  for (const [name, value] of pairs) flat.push(String(name), String(value));
  return flat;
}
