import { hasNfc, TOO_MANY_MARKS } from '../nfc.js';

/** Two ids that are equal after this cannot be told apart in a file name or by eye. */
export function foldId(id: string): string {
  if (!hasNfc(id)) return id.toLowerCase();
  return id.normalize('NFC').toLowerCase();
}

/** Why a text cannot be an id, in words; undefined when it can. */
export function badId(id: string): string | undefined {
  if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(id)) return 'it has control or invisible characters';
  if (id.trim() !== id || id === '') return id.trim() === '' ? 'it is empty' : 'it begins or ends with a blank';
  return hasNfc(id) ? undefined : TOO_MANY_MARKS;
}
