/** As many marks in a row as Unicode's Stream-Safe Text Format allows (UAX #15); no language has so many. */
const MOST_MARKS = 30;
/** All characters that NFC sorts are of category M, and it takes time that grows with the square of how many stand in a row. */
const TOO_MANY = new RegExp(`\\p{M}{${MOST_MARKS + 1}}`, 'u');

export const TOO_MANY_MARKS = `it has more than ${MOST_MARKS} combining marks in a row`;

/** Whether Unicode's form NFC of the text can be made in time that grows with its length. */
export function hasNfc(text: string): boolean {
  return text.length <= MOST_MARKS || !TOO_MANY.test(text);
}

/** The text in Unicode's form NFC: one form for each accented letter. @throws Error where it has too many marks in a row */
export function nfc(text: string): string {
  if (!hasNfc(text)) throw new Error(TOO_MANY_MARKS);
  return text.normalize('NFC');
}
