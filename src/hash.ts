import { createHash, hash } from 'node:crypto';

/**
 * JSON with the keys of every object sorted by code unit and no white space: equal values give equal text whatever the order of
 * their keys. `undefined` members are left out, as in JSON.stringify. (RFC 8785 in spirit; numbers print as ECMAScript does.)
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    let members = '';
    for (const key of Object.keys(value).toSorted()) {
      const member: unknown = Reflect.get(value, key);
      if (member === undefined) continue;
      members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
    }
    return `{${members}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * The first `length` hex digits of SHA-256 over a value's canonical JSON.
 * @param length 12 is what versions and content hashes have; at most 64
 */
export function contentHash(value: unknown, length = 12): string {
  return hash('sha256', canonicalJson(value), 'hex').slice(0, length);
}

/** `contentHash` of a list that is too long to be held as one text. */
export function listHash(items: Iterable<unknown>, length = 12): string {
  const digest = createHash('sha256');
  let piece = '[';
  let first = true;
  for (const item of items) {
    piece += `${first ? '' : ','}${canonicalJson(item ?? null)}`;
    first = false;
    if (piece.length < PIECE) continue;
    digest.update(piece);
    piece = '';
  }
  return digest.update(`${piece}]`).digest('hex').slice(0, length);
}

/** In UTF-16 units. */
const PIECE = 1 << 16;
