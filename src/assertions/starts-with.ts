import { type AssertionDefinition, verdict } from './assertion.js';
import { givenText, shown, textProblems } from './text.js';

/** The output begins with the value, to the letter; white space counts (`transform: trim` takes it off). */
export const startsWith: AssertionDefinition = {
  type: 'starts-with',
  summary: 'The output starts with the value.',
  value: { type: ['string', 'number'] },
  needs: 'expected',
  check: (declared) => textProblems(declared, false),
  prepare(declared) {
    const wanted = givenText(declared);
    return ({ text }) => {
      if (text.startsWith(wanted)) return verdict(true, `starts with ${shown(wanted)}`);
      return verdict(false, `starts with ${shown(text.slice(0, wanted.length + 20))}, not with ${shown(wanted)}`);
    };
  },
};
