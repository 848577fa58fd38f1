import type { Ask } from '../../src/ask/ask.js';
import type { AssertionDefinition, Declared, ScorerTools, Subject } from '../../src/assertions/assertion.js';
import { findAssertion } from '../../src/assertions/map.js';
import type { Answer, Completion, Json, ModelRequest, ScoreOutcome } from '../../src/vocabulary.js';

export const TRIAL = { prompt: 'p', model: 'mock:echo', case: 'c', repeat: 1 };

/** A subject as dispatch makes it: without a path, the value is the text. */
export function subject(text: string, more: Partial<Subject> & { completion?: Completion } = {}): Subject {
  const completion = more.completion ?? { output: text, finishReason: 'stop' };
  return { text, value: text, fromPath: false, vars: {}, trial: TRIAL, ...more, completion };
}

/** A subject that a path found. */
export function found(value: Json): Subject {
  return subject(typeof value === 'string' ? value : JSON.stringify(value), { value, fromPath: true });
}

/** A port that answers every question with one completion, and keeps what it was asked. */
export function answering(completion: Partial<Completion> | Answer): { ask: Ask; asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  const answer: Answer =
    'ok' in completion
      ? completion
      : { ok: true, completion: { output: '', finishReason: 'stop', ...completion }, attempts: 1, source: 'call' };
  return {
    asked,
    ask: async (request) => {
      asked.push(request);
      return answer;
    },
  };
}

/** A port that must not be asked. */
export const silent: Ask = async () => {
  throw new Error('nothing should be asked');
};

export function tools(ask: Ask = silent, more: Partial<ScorerTools> = {}): ScorerTools {
  return { ask, metric: 'm', root: '/nowhere', judge: { model: 'mock:judge' }, ...more };
}

export function definition(type: string): AssertionDefinition {
  const known = findAssertion(type);
  if (!known) throw new Error(`no ${type}`);
  return known.definition;
}

/** Prepares a type with what is declared, its threshold defaulted as loading does, and scores one subject. */
export async function score(
  type: string,
  declared: Partial<Declared>,
  given: Subject | string,
  with_: ScorerTools = tools(),
): Promise<ScoreOutcome> {
  const scorer = await definition(type).prepare({ options: {}, ...defaults(type), ...declared });
  return scorer(typeof given === 'string' ? subject(given) : given, with_);
}

function defaults(type: string): Partial<Declared> {
  const threshold = definition(type).threshold?.default;
  return threshold === undefined ? {} : { threshold };
}

/** Whether it passes; throws when it could not be scored. */
export async function passes(type: string, declared: Partial<Declared>, given: Subject | string): Promise<boolean> {
  const outcome = await score(type, declared, given);
  if (outcome.status === 'unscored') throw new Error(outcome.reason);
  return outcome.pass;
}

export function check(type: string, declared: Partial<Declared>): string[] {
  return (definition(type).check?.({ options: {}, ...declared }) ?? []).map(({ message }) => message);
}
