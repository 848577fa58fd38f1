import type { Case, Eval, Library, TrialId, Work } from '../vocabulary.js';
import { evalIn } from '../eval-key.js';

/** A trial with all that is needed to ask and score it. */
export interface Trial {
  id: TrialId;
  evaluation: Eval;
  case: Case;
  /** Which of the eval's cases it is, counted from 0 among those that take part. */
  at: number;
}

/** What work is spelled out with. */
export interface TrialSource {
  library: Pick<Library, 'cases'>;
  evals: readonly Eval[];
  includes(prompt: string, testCase: Case): boolean;
}

/**
 * Spells work out into trials, one at a time: a million cases are never in memory at once. Work that stands beside other work takes
 * turns with it, the first of each turn being the last of the one before: neither is always asked first.
 */
export function trialsOf(work: readonly Work[], source: TrialSource): AsyncGenerator<Trial> {
  const streams = groupsOf(work).map((group) => {
    const its = group.map((each) => trialsOfOne(each, source));
    return its.length === 1 && its[0] ? its[0] : inTurns(its);
  });
  return streams.length === 1 && streams[0] ? streams[0] : inOrder(streams);
}

/** Not used for a single stream: delegation costs three promises for each member. */
async function* inOrder(streams: readonly AsyncGenerator<Trial>[]): AsyncGenerator<Trial> {
  for (const stream of streams) yield* stream;
}

async function* trialsOfOne({ prompt, model, repeat, cases }: Work, source: TrialSource): AsyncGenerator<Trial> {
  const evaluation = evalIn(source.evals, prompt, model);
  if (!evaluation) throw new Error(`the plan names an eval that does not exist: ${prompt} ${model}`);
  const wanted = cases && new Set(cases);
  let at = -1;
  for await (const piece of source.library.cases(evaluation.prompt)) {
    for (const testCase of piece) {
      if (!source.includes(prompt, testCase)) continue;
      at += 1;
      if (wanted && !wanted.has(testCase.id)) continue;
      yield { id: { prompt, model, case: testCase.id, repeat }, evaluation, case: testCase, at };
    }
  }
}

/** Work with what stands beside it. */
function groupsOf(work: readonly Work[]): Work[][] {
  const groups: Work[][] = [];
  for (const each of work) {
    const last = groups.at(-1);
    if (each.beside && last) last.push(each);
    else groups.push([each]);
  }
  return groups;
}

async function* inTurns(streams: readonly AsyncGenerator<Trial>[]): AsyncGenerator<Trial> {
  let open = [...streams];
  try {
    while (open.length > 0) {
      const ended = new Set<AsyncGenerator<Trial>>();
      for (const stream of open) {
        const next = await stream.next();
        if (next.done) ended.add(stream);
        else yield next.value;
      }
      open = open.filter((stream) => !ended.has(stream)).toReversed();
    }
  } finally {
    for (const stream of open) await stream.return(undefined);
  }
}
