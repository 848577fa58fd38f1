const LONGEST = 300;

/** What looks like a key, whoever's it is. Keys in use are taken out by value, besides. */
const KEY_SHAPES = /\b(?:sk|pk|rk)-[\w-]{6,}|\bBearer\s+\S+/gi;

/** What must not stand in a message. */
export interface Hidden {
  /** Values that must not appear, e.g. the key in use, however short it is. */
  secrets?: readonly string[];
  /** Takes every key in use out of a text, in all its forms. */
  redact?(text: string): string;
}

/**
 * A text that another side wrote, made fit for a message: one line, no control characters, keys taken out, and then at most 300
 * characters.
 */
export function safeText(text: string, { secrets = [], redact }: Hidden = {}): string {
  // Before anything is cut: of half a key nobody knows what it is.
  let safe = redact ? redact(text) : text;
  for (const secret of secrets) if (secret.length >= 4) safe = safe.replaceAll(secret, '[key]');
  safe = safe
    .slice(0, 20 * LONGEST)
    .replaceAll(KEY_SHAPES, '[key]')
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  const characters = Array.from(safe.slice(0, 2 * LONGEST + 2));
  return characters.length <= LONGEST ? safe : `${characters.slice(0, LONGEST).join('')}…`;
}
