import type * as NodeCrypto from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

export { canonicalJson } from './canonical-json.js';

type Crypto = Pick<typeof NodeCrypto, 'createHash' | 'hash'>;

/** Loading it takes 5 ms: a command that hashes nothing goes without. */
let loaded: Crypto | undefined;
const crypto = (): Crypto => (loaded ??= process.getBuiltinModule('node:crypto'));

/**
 * The first `length` hex digits of SHA-256 over a value's canonical JSON.
 * @param length 12 is what versions and content hashes have; at most 64
 */
export function contentHash(value: unknown, length = 12): string {
  return crypto().hash('sha256', canonicalJson(value), 'hex').slice(0, length);
}

/**
 * `contentHash` of a list that is too long to be held as one text.
 * @param text an item's canonical JSON
 */
export function listHash<T>(items: Iterable<T>, text: (item: T) => string = canonicalItem): string {
  const hash = new ListHash();
  for (const item of items) hash.add(text(item));
  return hash.end();
}

/** `listHash` of a list whose items come one by one. */
export class ListHash {
  readonly #digest = crypto().createHash('sha256');
  #piece = '[';
  #first = true;

  /** @param text the next item's canonical JSON */
  add(text: string): void {
    this.#piece += this.#first ? text : `,${text}`;
    this.#first = false;
    if (this.#piece.length < PIECE) return;
    this.#digest.update(this.#piece);
    this.#piece = '';
  }

  /** The hash; nothing can be added any more. */
  end(): string {
    return this.#digest.update(`${this.#piece}]`).digest('hex').slice(0, 12);
  }
}

function canonicalItem(item: unknown): string {
  return canonicalJson(item ?? null);
}

/** In UTF-16 units. */
const PIECE = 1 << 16;
