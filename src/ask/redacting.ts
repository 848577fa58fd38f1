import type { Redact } from '../trust/redact.js';
import type { Answer, Completion } from '../vocabulary.js';
import type { Layer } from './ask.js';

/**
 * Takes keys out of answers and failures where they come in, before anything scores, shows, cuts or passes them on: what is made of
 * them later, a reason or a question to a judge, has none, and a live answer is scored as the one that a recording holds.
 */
export function redacting(redact: Redact): Layer {
  return (next) => (request, context) => next(request, context).then((answer) => redactedAnswer(answer, redact));
}

function redactedAnswer(answer: Answer, redact: Redact): Answer {
  if (answer.ok) {
    const completion = redactedCompletion(answer.completion, redact);
    return completion === answer.completion ? answer : { ...answer, completion };
  }
  const { failure } = answer;
  const message = redact(failure.message);
  return message === failure.message ? answer : { ...answer, failure: { ...failure, message } };
}

/** The same object where there is nothing to take out: there is nearly always nothing. */
function redactedCompletion(completion: Completion, redact: Redact): Completion {
  const { output, toolCalls, finishDetail, refusal, answeredBy } = completion;
  const changed: Partial<Completion> = {};
  const text = redact(output);
  if (text !== output) changed.output = text;
  for (const [key, value] of Object.entries({ finishDetail, refusal, answeredBy })) {
    const its = value === undefined ? value : redact(value);
    if (its !== value) Object.assign(changed, { [key]: its });
  }
  if (toolCalls) {
    const its = redactedJson(toolCalls, redact);
    if (its !== toolCalls) changed.toolCalls = its;
  }
  return Object.keys(changed).length === 0 ? completion : { ...completion, ...changed };
}

/** As JSON, so that names of keys are looked at, too. */
function redactedJson<T>(value: T, redact: Redact): T {
  const json = JSON.stringify(value);
  const text = redact(json);
  return text === json ? value : (JSON.parse(text) as T);
}
