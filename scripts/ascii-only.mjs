/**
 * Writes what is not ASCII in a script as escapes, which mean the same in its texts, templates and regular expressions: Node decodes
 * a file of ASCII as it is, and keeps it in half of the memory. Throws where one stands in `String.raw`, which would show the escape.
 */
export function asciiOnly(code) {
  if (/String\.raw`[^`]*[^\0-\x7F]/.test(code)) throw new Error('String.raw holds a character that cannot be escaped');
  return code.replaceAll(/[^\0-\x7F]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
