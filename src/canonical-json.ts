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
