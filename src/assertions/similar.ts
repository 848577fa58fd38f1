import type { Json, JsonObject, ScoreOutcome } from '../vocabulary.js';
import { type AssertionDefinition, type Declared, graded, type ScorerTools, type Subject } from './assertion.js';
import { cosine, localModel, localModelMissing } from './embedding.js';
import { asText, decimals, given, NO_VALUE, shown } from './text.js';

const DEFAULT_THRESHOLD = 0.75;

/**
 * The cosine of the output's embedding with the value's, or with the nearest of a list; a negative one counts as 0. With
 * `options.model` a provider embeds, in one request per trial; else a local sentence model (it reads 256 tokens and cannot
 * see negation). An answer of white space is similar to nothing.
 */
export const similar: AssertionDefinition = {
  type: 'similar',
  summary: 'The output means about the same as the value, or as one of a list (cosine of embeddings, default 0.75).',
  value: { type: ['string', 'number', 'array'], items: { type: ['string', 'number'] } },
  needs: 'expected',
  options: {
    type: 'object',
    properties: { model: { type: 'string', pattern: '^[^:\\s]+:\\S+$' } },
    additionalProperties: false,
  },
  threshold: { default: DEFAULT_THRESHOLD, minimum: 0, maximum: 1 },
  asks: 'embedding',
  check,
  lacks({ options }) {
    const missing = options['model'] === undefined ? localModelMissing() : undefined;
    return missing ? [missing] : [];
  },
  prepare(declared) {
    const { threshold = DEFAULT_THRESHOLD, options } = declared;
    const wanted = textsOf(given(declared));
    if (!wanted) throw new Error(NO_VALUE.message);
    return async (subject, tools) => {
      if (subject.text.trim() === '') return graded(0, threshold, 'is empty');
      const vectors = await embed([subject.text, ...wanted], options, subject, tools);
      return 'status' in vectors ? vectors : nearest(vectors, wanted, threshold);
    };
  },
};

type Vectors = number[][] | Extract<ScoreOutcome, { status: 'unscored' }>;

/** One request for all texts, so that a recording of the trial holds all it needs. */
async function embed(texts: string[], options: JsonObject, subject: Subject, tools: ScorerTools): Promise<Vectors> {
  const { model } = options;
  if (typeof model !== 'string') return localModel().embed(texts);
  const answer = await tools.ask(
    { model, messages: [], parameters: {}, tools: [], texts },
    { purpose: 'embedding', trial: subject.trial, metric: tools.metric, ...(tools.signal && { signal: tools.signal }) },
  );
  if (!answer.ok) return { status: 'unscored', reason: `no embeddings from ${model}: ${answer.failure.message}` };
  const { embeddings } = answer.completion;
  if (embeddings?.length === texts.length) return embeddings;
  return {
    status: 'unscored',
    reason: `${model} gave ${embeddings?.length ?? 0} embeddings for ${texts.length} texts`,
  };
}

function nearest([output = [], ...vectors]: number[][], wanted: string[], threshold: number): ScoreOutcome {
  const cosines: number[] = [];
  for (const vector of vectors) {
    const value = cosine(output, vector);
    if (value === undefined)
      return { status: 'unscored', reason: 'the embeddings cannot be compared (zero, or of two lengths)' };
    cosines.push(value);
  }
  const best = Math.max(...cosines);
  const text = wanted[cosines.indexOf(best)] ?? '';
  return graded(
    Math.max(0, best),
    threshold,
    `similarity with ${shown(text)} is ${decimals(best, threshold)} (threshold ${threshold})`,
  );
}

function check(declared: Declared) {
  const value = given(declared);
  if (value === undefined) return [NO_VALUE];
  if (textsOf(value)) return [];
  return [
    { message: `${shown(value)} is no text to compare with`, remedy: 'Give a text that is not empty, or a list.' },
  ];
}

/** At least one text, none of them blank. */
function textsOf(value: Json | undefined): string[] | undefined {
  const list = (Array.isArray(value) ? value : [value]).map(asText);
  return list.length > 0 && list.every((text) => text !== undefined && text.trim() !== '')
    ? (list as string[])
    : undefined;
}
