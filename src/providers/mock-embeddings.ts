/** Places in a vector; the first is for texts without a word, so that no vector is zero. */
const DIMENSIONS = 257;

/**
 * A vector per text: how often each word occurs, words hashed to places (FNV-1a), scaled to length 1. Equal words give equal
 * vectors whatever their order; it knows nothing of meaning. For tests and dry runs.
 */
export function embeddings(texts: readonly string[]): number[][] {
  return texts.map((text) => {
    const counts = Array.from({ length: DIMENSIONS }, () => 0);
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    for (const word of words) {
      const place = 1 + (fnv1a(word) % (DIMENSIONS - 1));
      counts[place] = (counts[place] ?? 0) + 1;
    }
    if (words.length === 0) counts[0] = 1;
    const length = Math.hypot(...counts);
    return counts.map((count) => count / length);
  });
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
