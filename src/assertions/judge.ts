import type { Json, JsonObject, JudgeSettings, Parameters } from '../vocabulary.js';
import { type AssertionDefinition, graded, type Scorer } from './assertion.js';
import { judgeMessages, VERDICT_SCHEMA } from './judge-prompt.js';
import { readVerdict } from './judge-verdict.js';
import { givenText, textProblems } from './text.js';

const DEFAULT_THRESHOLD = 0.5;

/**
 * A model grades the output against a rubric. Whatever keeps it from a clear grade (an outage, a refusal, a reply that is cut or
 * no single JSON object) leaves the score unscored: it is never the prompt's failure. It is asked once; asking again until the
 * reply is readable would hide an unfit judge.
 */
export const judge: AssertionDefinition = {
  type: 'judge',
  summary: 'A model grades the output against the rubric in `value` with at least `threshold` (default 0.5).',
  aliases: ['llm-rubric'],
  value: { type: 'string', minLength: 1 },
  needs: 'required',
  options: {
    type: 'object',
    properties: { model: { type: 'string', pattern: '^[^:\\s]+:\\S+$' }, parameters: { type: 'object' } },
    additionalProperties: false,
  },
  threshold: { default: DEFAULT_THRESHOLD, minimum: 0, maximum: 1 },
  asks: 'judge',
  check: (declared) => textProblems({ value: declared.value ?? '', options: {} }, false),
  lacks({ options }, run) {
    return options['model'] === undefined && run.judge === undefined ? [NO_JUDGE] : [];
  },
  prepare(declared): Scorer {
    const { threshold = DEFAULT_THRESHOLD, options } = declared;
    const rubric = givenText(declared);
    return async (subject, tools) => {
      const chosen = judgeOf(options, tools.judge);
      if (!chosen) return { status: 'unscored', reason: NO_JUDGE.message };
      const request = { ...chosen, messages: judgeMessages(rubric, subject.text), tools: [], schema: VERDICT_SCHEMA };
      const { trial } = subject;
      const { metric, signal } = tools;
      const answer = await tools.ask(request, { purpose: 'judge', trial, metric, ...(signal && { signal }) });
      if (!answer.ok) return { status: 'unscored', reason: `no verdict from the judge: ${answer.failure.message}` };
      const verdict = readVerdict(answer.completion);
      if (!verdict.ok) return { status: 'unscored', reason: verdict.why };
      return graded(verdict.score, threshold, `judged ${verdict.score} (threshold ${threshold}): ${verdict.reason}`);
    };
  },
};

const NO_JUDGE = {
  message: 'there is no judge to ask',
  remedy: 'Set judge: { model: "provider:<dated model id>" } in assay.config.yaml, or options: { model } here.',
};

/** The judge named in the options, with its own parameters; else the run's, its parameters under those of the options. */
export function judgeOf(
  options: JsonObject,
  common: JudgeSettings | undefined,
): { model: string; parameters: Parameters } | undefined {
  const own = parametersOf(options['parameters']);
  if (typeof options['model'] === 'string') return { model: options['model'], parameters: own };
  return common && { model: common.model, parameters: { ...common.parameters, ...own } };
}

function parametersOf(value: Json | undefined): Parameters {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}
