import { evalKey, keyOf } from '../eval-key.js';
import { grouped } from '../lists.js';
import type { Comparison, EvalComparison, Flakiness } from '../vocabulary.js';
import { own } from './own.js';

/** One eval of one run, as `history.jsonl` keeps it: a line each. */
export interface HistoryEntry {
  date: string;
  run: string;
  commit?: string;
  prompt: string;
  model: string;
  version: string;
  verdict: string;
  /** Nobody was asked: such a line may repeat the answers of an earlier one. */
  replayed: boolean;
  /** Names the cases with their content: outcomes are comparable where it is equal. */
  suite: string;
  metrics: Record<string, number>;
  /** Trials of each case that is not in `cases`: it passed all of them. */
  trials: number;
  /** The other cases: passed, and trials with a score. */
  cases: Record<string, [number, number]>;
}

/**
 * What a run adds to the history, a line per eval that has scores: an entry as JSON. Where a hundred thousand cases failed, an
 * object of them all takes ten times what their text does, which is put together piece by piece.
 * @param suiteOf names what an eval's cases are: equal for equal cases
 */
export function historyLines(
  { run, evals }: Comparison,
  verdict: string,
  suiteOf: (prompt: string, model: string) => string,
): string[] {
  const scored = evals.filter(({ metrics }) => Object.keys(metrics).length > 0);
  return scored.map((each) => {
    const facts: Omit<HistoryEntry, 'cases'> = {
      date: run.finishedAt ?? run.startedAt,
      run: run.id,
      ...(run.git.commit !== undefined && { commit: run.git.commit }),
      prompt: each.prompt.id,
      model: each.model,
      version: each.prompt.version,
      verdict,
      replayed: run.mode === 'replay',
      suite: suiteOf(each.prompt.id, each.model),
      metrics: Object.fromEntries(Object.entries(each.metrics).map(([name, { mean }]) => [name, mean])),
      trials: each.rounds ?? 1,
    };
    return `${JSON.stringify(facts).slice(0, -1)},"cases":{${othersText(each)}}}`;
  });
}

/** The members of `cases`. */
function othersText(evaluation: EvalComparison): string {
  const pieces: string[] = [];
  let some: [string, [number, number]][] = [];
  const write = () => {
    if (some.length > 0) pieces.push(JSON.stringify(Object.fromEntries(some)).slice(1, -1));
    some = [];
  };
  for (const each of othersOf(evaluation)) if (some.push(each) === AT_A_TIME) write();
  write();
  return pieces.join(',');
}

/** Cases made text together. */
const AT_A_TIME = 1000;

/**
 * The comparison with the cases that flip without a change of version: in this run, or between it and earlier runs of the same
 * version, cases and model. A replay that repeats the answers of another line, or the first of them, counts once.
 */
export function withHistory(
  comparison: Comparison,
  entries: readonly HistoryEntry[],
  suiteOf: (prompt: string, model: string) => string,
): Comparison {
  const byEval = grouped(entries, ({ prompt, model }) => evalKey(prompt, model));
  const evals = comparison.evals.map((each) => {
    const suite = suiteOf(each.prompt.id, each.model);
    const same = (byEval.get(keyOf(each)) ?? []).filter(
      ({ version, suite: other, run }) =>
        version === each.prompt.version && other === suite && run !== comparison.run.id,
    );
    const flakiness = flakinessOf(each, distinct(same, each, comparison.run.mode === 'replay'));
    // What is proven to have broken is not what passes now and then.
    const broken = new Set(each.folded.flatMap(({ case: id, guard }) => (guard?.status === 'confirmed' ? [id] : [])));
    const flaky = flakiness.flatMap(({ case: id }) => (broken.has(id) ? [] : [id]));
    return { ...each, changes: { ...each.changes, flaky }, ...(flakiness.length > 0 && { flakiness }) };
  });
  return { ...comparison, evals };
}

/** Some trials of each case: of those that are not in `cases` all passed. */
type Outcome = Pick<HistoryEntry, 'trials' | 'cases'>;

/** Lines, this run's own among them, whose answers are not those of another: a replay gives again what a run before it gave. */
interface Distinct {
  before: readonly Outcome[];
  /** Whether this run's answers are counted in none of the lines. */
  own: boolean;
}

function distinct(entries: readonly HistoryEntry[], now: EvalComparison, replaying: boolean): Distinct {
  if (entries.length === 0) return { before: [], own: true };
  const current = { trials: now.rounds ?? 1, cases: Object.fromEntries(othersOf(now)), replayed: replaying };
  let kept: Outcome[] = [];
  for (const each of [...entries, current]) {
    if (each.replayed) {
      if (kept.some((other) => holds(other, each))) continue;
      // Of more repeats than were given before: those are the first of its own.
      kept = kept.filter((other) => !holds(each, other));
    }
    kept.push(each);
  }
  return { before: kept.filter((each) => each !== current), own: kept.includes(current) };
}

/** Whether an outcome may be that of the first of another's repeats: no case passed or failed more often. */
function holds(all: Outcome, some: Outcome): boolean {
  if (some.trials > all.trials) return false;
  const fits = (id: string): boolean => {
    const [passed, scored] = countsOf(some, id);
    const [most, of] = countsOf(all, id);
    return passed <= most && scored - passed <= of - most;
  };
  return Object.keys(some.cases).every(fits) && Object.keys(all.cases).every(fits);
}

function countsOf({ trials, cases }: Outcome, id: string): [passed: number, scored: number] {
  return own(cases, id) ?? [trials, trials];
}

/** Cases that did not pass exactly as often as there are rounds. */
function* othersOf({ folded, rounds = 1 }: EvalComparison): Generator<[id: string, counts: [number, number]]> {
  for (const { case: id, repeats } of folded) {
    const { passed, scored } = repeats;
    if (passed !== rounds || scored !== rounds) yield [id, [passed, scored]];
  }
}

function flakinessOf({ folded }: EvalComparison, { before, own: counts }: Distinct): Flakiness[] {
  const found: Flakiness[] = [];
  // Most cases passed all of their trials in most runs: the others alone are looked up.
  const usual = before.reduce((sum, { trials }) => sum + trials, 0);
  const unusual = before.filter(({ cases }) => Object.keys(cases).length > 0);
  const runs = before.length + Number(counts);
  for (const { case: id, repeats } of folded) {
    if (repeats.scored === 0) continue;
    const sum = { case: id, passed: usual, trials: usual, runs };
    if (counts) {
      sum.passed += repeats.passed;
      sum.trials += repeats.scored;
    }
    for (const { cases, trials } of unusual) {
      const told = own(cases, id);
      if (!told) continue;
      sum.passed += told[0] - trials;
      sum.trials += told[1] - trials;
    }
    if (sum.passed > 0 && sum.passed < sum.trials) found.push(sum);
  }
  return found;
}
