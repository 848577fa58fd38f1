import { forTerminal } from '../trust/escape.js';

/** What a colour means here. */
export type Meaning = 'good' | 'bad' | 'doubtful' | 'aside' | 'title';

const CODES: Record<Meaning, readonly [number, number]> = {
  good: [32, 39],
  bad: [31, 39],
  doubtful: [33, 39],
  aside: [2, 22],
  title: [1, 22],
};

/** Colours a text by meaning, or leaves it as it is. Whatever is coloured is made safe for a terminal first. */
export type Ink = (text: string, meaning?: Meaning) => string;

/** @param color whether the terminal takes colour: the caller knows about NO_COLOR and pipes */
export function inkFor(color: boolean): Ink {
  return (text, meaning) => {
    const safe = forTerminal(text);
    if (!color || meaning === undefined || safe === '') return safe;
    const [on, off] = CODES[meaning];
    return `\u001b[${on}m${safe}\u001b[${off}m`;
  };
}

/** Hostile text as one line. */
export function oneLine(text: string): string {
  return forTerminal(text).replace(/\s+/g, ' ').trim();
}
