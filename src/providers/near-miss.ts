import { distance } from 'fastest-levenshtein';

/**
 * The known word that an unknown one was probably meant to be: the same but for case, `_`, `-` or blanks, with its letters in
 * another order, or with one letter wrong (two in words of eight letters and more). Absent for a known word.
 */
export function nearMiss(word: string, known: readonly string[]): string | undefined {
  if (known.includes(word)) return undefined;
  const bare = fold(word);
  return known.find((each) => {
    const other = fold(each);
    if (each.length < 4) return bare === other;
    return letters(bare) === letters(other) || distance(bare, other) <= (each.length < 8 ? 1 : 2);
  });
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]/g, '');
}

function letters(word: string): string {
  return [...word].toSorted().join('');
}
