import type { Json } from '../vocabulary.js';

/** What a reference leads to by a path inside its schema (`#`, `#/$defs/name`); undefined when nothing is there, or for any other one. */
export function referenced(ref: string, root: Json | undefined): Json | undefined {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return undefined;
  let found: Json | undefined = root;
  for (const step of ref.slice(2).split('/')) {
    const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    const inside = typeof found === 'object' && found !== null && Object.hasOwn(found, key);
    found = inside ? (Reflect.get(found as object, key) as Json) : undefined;
  }
  return found;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
