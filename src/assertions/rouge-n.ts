import { createRequire } from 'node:module';
import type * as Rouge from 'js-rouge';
import type { JsonObject } from '../vocabulary.js';
import { nfc } from '../nfc.js';
import { type AssertionDefinition, graded } from './assertion.js';
import { decimals, givenText, marksProblems, textProblems } from './text.js';

const require = createRequire(import.meta.url);

const DEFAULT_THRESHOLD = 0.75;
/** Largest product of two numbers of words for ROUGE-L, whose time grows with it. */
const MOST_CELLS = 50_000_000;

type Measure = 'f1' | 'precision' | 'recall';

/**
 * ROUGE (Lin 2004): how many words (n = 1, the default), pairs of words (n = 2) or words in the same order (n = l) the output
 * shares with the value. The measure is F1, or precision, or recall. Words are runs of letters, marks and digits in lower case,
 * not stemmed; for ASCII these are the tokens of Google's rouge_score. Han, Hiragana and Katakana count by character.
 */
export const rougeN: AssertionDefinition = {
  type: 'rouge-n',
  summary: "The output's overlap of words with the value (ROUGE-1 F1) is at least `threshold` (default 0.75).",
  value: { type: ['string', 'number'] },
  needs: 'expected',
  options: {
    type: 'object',
    properties: { n: { enum: [1, 2, 3, 4, 'l'] }, measure: { enum: ['f1', 'precision', 'recall'] } },
    additionalProperties: false,
  },
  threshold: { default: DEFAULT_THRESHOLD, minimum: 0, maximum: 1 },
  check(declared) {
    const problems = [...textProblems(declared, false), ...marksProblems(declared)];
    if (problems.length > 0 || words(givenText(declared)).length > 0) return problems;
    return [{ message: 'its value has no words', remedy: 'Give a value with words, or use equals or contains.' }];
  },
  prepare(declared) {
    const { threshold = DEFAULT_THRESHOLD, options } = declared;
    const reference = givenText(declared);
    const referenceWords = words(reference);
    const name = `ROUGE-${options['n'] ?? 1} ${measureOf(options)}`;
    return ({ text }) => {
      const candidateWords = words(text);
      if (options['n'] === 'l' && candidateWords.length * referenceWords.length > MOST_CELLS) {
        return { status: 'unscored', reason: 'the two texts are too long to be compared by ROUGE-L' };
      }
      const value = rouge(candidateWords, referenceWords, options);
      return graded(value, threshold, `${name} is ${decimals(value, threshold)} (threshold ${threshold})`);
    };
  },
};

/** @param options `n`: 1 to 4, or `l` for the longest common subsequence; `measure`: f1, precision or recall */
export function rouge(candidate: string[], reference: string[], options: JsonObject): number {
  if (candidate.length === 0 || reference.length === 0) return 0;
  const { n: byGrams, l: byOrder }: typeof Rouge = require('js-rouge');
  // Recall is the precision of the other direction. The library splits text again: it is given a number for each list.
  const measure = measureOf(options);
  const lists = measure === 'recall' ? [reference, candidate] : [candidate, reference];
  const tokenizer = (key: string) => lists[Number(key)] ?? [];
  const beta = measure === 'f1' ? 1 : 0;
  if (options['n'] === 'l') return byOrder('0', '1', { beta, tokenizer });
  const n = typeof options['n'] === 'number' ? options['n'] : 1;
  return byGrams('0', '1', { beta, tokenizer, n, nGram: grams });
}

/** The library's own n-grams stop at a million characters. */
function grams(tokens: string[], n: number): string[] {
  const found: string[] = [];
  for (let i = 0; i + n <= tokens.length; i += 1)
    found.push(n === 1 ? (tokens[i] ?? '') : tokens.slice(i, i + n).join(' '));
  return found;
}

const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}])+/gu;

/** The words of a text, for ROUGE. */
export function words(text: string): string[] {
  return nfc(text).toLowerCase().match(WORD) ?? [];
}

function measureOf(options: JsonObject): Measure {
  const { measure } = options;
  return measure === 'precision' || measure === 'recall' ? measure : 'f1';
}
