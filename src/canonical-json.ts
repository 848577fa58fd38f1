/**
 * JSON with the keys of every object sorted by code unit and no white space: equal values give equal text whatever the order of
 * their keys. `undefined` members are left out, as in JSON.stringify. (RFC 8785 in spirit; numbers print as ECMAScript does.)
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) {
    let items = '';
    for (const item of value) items += `${items === '' ? '' : ','}${canonicalJson(item ?? null)}`;
    return `[${items}]`;
  }
  if (value !== null && typeof value === 'object') {
    let members = '';
    const keys = Object.keys(value);
    if (keys.length > 1) keys.sort();
    for (const key of keys) {
      const member: unknown = Reflect.get(value, key);
      if (member === undefined) continue;
      members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
    }
    return `{${members}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
