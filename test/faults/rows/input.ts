import type { InputRow } from '../mistake.js';
import { LIBRARY } from './library.js';
import { NOTATION } from './notation.js';
import { PLACES } from './places.js';
import { SETTINGS } from './settings.js';

/** Input that is wrong, by the numbers under which the faults were collected. */
export const INPUT: readonly InputRow[] = [...NOTATION, ...LIBRARY, ...SETTINGS, ...PLACES].toSorted((a, b) =>
  a.id.localeCompare(b.id, 'en', { numeric: true }),
);
