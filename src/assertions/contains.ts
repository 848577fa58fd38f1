import { type AssertionDefinition, verdict } from './assertion.js';
import { givenText, shown, textProblems } from './text.js';

/** The output contains the value, to the letter. */
export const contains: AssertionDefinition = {
  type: 'contains',
  summary: 'The output contains the value.',
  value: { type: ['string', 'number'] },
  needs: 'expected',
  check: (declared) => textProblems(declared, false),
  prepare(declared) {
    const wanted = givenText(declared);
    return ({ text }) => containing(text.includes(wanted), wanted);
  },
};

/** As `contains`, upper and lower case alike. */
export const icontains: AssertionDefinition = {
  ...contains,
  type: 'icontains',
  summary: 'The output contains the value, upper and lower case alike.',
  prepare(declared) {
    const wanted = givenText(declared);
    const lower = wanted.toLowerCase();
    return ({ text }) => containing(text.toLowerCase().includes(lower), wanted);
  },
};

function containing(found: boolean, wanted: string) {
  return verdict(found, `${found ? 'contains' : 'does not contain'} ${shown(wanted)}`);
}
