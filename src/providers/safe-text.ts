const LONGEST = 300;

/** What looks like a key, whoever's it is. Keys in use are taken out by value, besides. */
const KEY_SHAPES = /\b(?:sk|pk|rk)-[\w-]{6,}|\bBearer\s+\S+/gi;

/**
 * A text that another side wrote, made fit for a message: one line, no control characters, keys taken out, at most 300
 * characters.
 * @param secrets values that must not appear, e.g. the key in use
 */
export function safeText(text: string, secrets: readonly string[] = []): string {
  let safe = text.slice(0, 20 * LONGEST);
  for (const secret of secrets) if (secret.length >= 4) safe = safe.replaceAll(secret, '[key]');
  safe = safe
    .replaceAll(KEY_SHAPES, '[key]')
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  const characters = Array.from(safe.slice(0, 2 * LONGEST + 2));
  return characters.length <= LONGEST ? safe : `${characters.slice(0, LONGEST).join('')}…`;
}
