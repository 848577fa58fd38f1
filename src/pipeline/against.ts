import type { RecordingStore } from '../ask/recordings-file.js';
import { problems, UserError } from '../errors.js';
import { evalIn, evalKey, placeIn } from '../eval-key.js';
import type { Ended } from '../gate/advice.js';
import { type BaselineOf, compare } from '../gate/compare.js';
import { baselinesOfRun } from '../gate/sides.js';
import type { Planner } from '../plan/planner.js';
import type { Filter } from '../plan/filter.js';
import type { Comparison, Eval, EvalRun, GateSettings, Library, Prompt, Run } from '../vocabulary.js';
import { committed, type Whence } from './baselines.js';
import { beside } from './beside.js';
import { findOldSides, type OldSide, type Opened } from './old-sides.js';
import { withCommittedRecordings } from './old-recordings.js';
import type { EvaluateOptions } from './options.js';

/**
 * Two versions of prompts in one run: those of a commit beside those of the working tree, on the cases of the working tree. Their
 * trials take turns, so that a drift of the model meets both alike, and the old version's trials are the baseline of this run.
 */
export interface Against {
  /** The commit, a full hash. */
  commit: string;
  /** What is run: each changed eval followed by its old side, new ones by themselves. */
  evals: Eval[];
  /** The changed and the new evals alone: what is planned for, and tested. */
  news: Eval[];
  /** The working tree's library, which knows the cases of old sides, too. */
  library: Library;
  includes: Filter;
  store: RecordingStore;
  /** Why some of it cannot be told. */
  reasons: string[];
  /** Why there is nothing to run: no prompt changed. */
  nothing?: string;
  /** The prompt by whose schema answers are checked: both sides are held to the same. */
  yardstick(prompt: Prompt): Prompt;
  /** The id of the prompt of today behind that of an old version; any other stays. */
  named(id: string): string;
  /** A plan for the new sides that has the old ones run beside them. */
  beside(planner: Planner, ended: Ended): Planner;
  /** The trials of the old sides so far, as what the new ones are compared with. */
  accepted(run: Run): BaselineOf;
  compare(run: Run): Comparison;
  /** Remarks about the run that has ended. */
  notes(run: Run): string[];
}

/** Flags that say otherwise what is compared with what, or that have parts of a run compared later. @throws UserError */
export function refuseBeside(options: Pick<EvaluateOptions, 'against' | 'baseline' | 'shard'>): void {
  if (options.against === undefined) return;
  const other = options.baseline !== undefined ? '--baseline' : options.shard ? '--shard' : undefined;
  if (other !== undefined) throw new UserError([problems['flags-exclude']('--against', other)]);
}

/**
 * Finds what a git ref has to be run against.
 * @param ref a git ref, or `merge-base`
 * @throws UserError when there is no such commit
 */
export async function openAgainst(
  ref: string,
  session: Opened & { store: RecordingStore },
  whence: Whence,
): Promise<Against> {
  const { library, evals } = session;
  const { tree, title } = await committed(ref, whence);
  const label = ref === 'merge-base' ? tree.commit.slice(0, 7) : ref;
  const { news, sides, filed, notes, reasons } = await findOldSides(session, tree, { title, label });
  const chosen = new Set(news.map(({ prompt }) => prompt.id));
  const prompts = library.prompts.filter(({ id }) => chosen.has(id));
  const present = new Map(sides.map(({ now, old }) => [old.prompt.id, now.prompt]));
  const recordings = [{ tree, prompt: (id: string) => filed.get(id) }];
  return {
    ...sideBySide(news, sides, present, {
      ...session,
      commit: tree.commit,
      library: { ...library, prompts, notes: [...library.notes, ...notes] },
      store: withCommittedRecordings(session.store, (id) => present.get(id)?.id, recordings, session.redact),
    }),
    reasons,
    ...(evals.length > 0 &&
      news.length === 0 &&
      reasons.length === 0 && { nothing: `no prompt changed since ${title}` }),
    notes: (run) => driftNotes(run, sides, title),
  };
}

/**
 * Versions of prompts in turn, each with the one that it is compared with.
 * @param news the evals of the sides, and others that are run by themselves
 * @param sides evals whose prompts have ids of their own
 * @param present the prompts of the working tree behind the ids of old versions: whose cases they run, by whose schema they are judged
 */
export function sideBySide(
  news: readonly Eval[],
  sides: readonly OldSide[],
  present: ReadonlyMap<string, Prompt>,
  { library, includes, store, commit }: Pick<Against, 'library' | 'includes' | 'store' | 'commit'>,
): Against {
  const named = (id: string): string => present.get(id)?.id ?? id;
  return {
    commit,
    evals: inTurn(news, sides),
    news: [...news],
    library: { ...library, cases: (prompt) => library.cases(present.get(prompt.id) ?? prompt) },
    includes: (id, testCase) => includes(named(id), testCase),
    store,
    reasons: [],
    named,
    yardstick: (prompt) => {
      const current = present.get(prompt.id);
      const { output: _then, ...rest } = prompt;
      return current ? { ...rest, ...(current.output && { output: current.output }) } : prompt;
    },
    beside: (planner, ended) => beside(planner, sides, ended),
    accepted: (run) => acceptedOf(run, sides, commit),
    compare: (run) => compareSides(run, news, sides, commit),
    notes: () => [],
  };
}

/** Each new eval, then its old side, unless that has been before: two models may replace one. */
function inTurn(news: readonly Eval[], sides: readonly OldSide[]): Eval[] {
  const olds = new Map(sides.map(({ now, old }) => [now, old]));
  const evals = new Set<Eval>();
  for (const now of news) {
    evals.add(now);
    const old = olds.get(now);
    if (old) evals.add(old);
  }
  return [...evals];
}

function runOfEval(run: Run, { prompt, model }: Eval): EvalRun | undefined {
  return evalIn(run.evals, prompt.id, model.model);
}

/** What old sides have answered so far: a live view, since both sides grow. */
function acceptedOf(run: Run, sides: readonly OldSide[], commit: string): BaselineOf {
  const olds = new Map(
    sides.map(({ now, old }) => [evalKey(now.prompt.id, now.model.replaces ?? now.model.model), old]),
  );
  return (prompt, model) => {
    const old = olds.get(evalKey(prompt, model));
    const ran = old && runOfEval(run, old);
    const trials = ran && baselinesOfRun({ ...run, evals: [ran] })(ran.prompt.id, ran.model);
    return trials && { ...trials, commit, dirty: false };
  };
}

/**
 * New sides against old ones; old ones against themselves, so that what fails in both versions reads as accepted. Only the new
 * ones are tested: the old ones would take their share of the alpha.
 */
function compareSides(run: Run, today: readonly Eval[], sides: readonly OldSide[], commit: string): Comparison {
  const news = today.flatMap((now) => runOfEval(run, now) ?? []);
  const olds = [...new Set(sides.map(({ old }) => old))].flatMap((old) => runOfEval(run, old) ?? []);
  const compared = compare({ ...run, evals: news }, acceptedOf(run, sides, commit));
  // To their own trials, old sides are replayed ones.
  const still: Run = {
    ...run,
    info: { ...run.info, mode: 'replay' },
    evals: olds.map(({ called: _called, ...each }) => ({ ...each, gate: silent(each.gate) })),
  };
  const themselves = compare(still, baselinesOfRun(run));
  const evals = [...compared.evals.map((each) => ({ ...each, beside: true })), ...themselves.evals];
  const placeOf = ({ prompt, model }: (typeof evals)[number]) => placeIn(run.evals, prompt.id, model) ?? 0;
  return { ...compared, evals: evals.toSorted((a, b) => placeOf(a) - placeOf(b)) };
}

/** No rule looks at an old version: it is what the new one is held to. */
function silent(gate: GateSettings): GateSettings {
  const rules = Object.fromEntries(Object.keys(gate.rules).map((rule) => [rule, 'off'])) as GateSettings['rules'];
  const metrics = Object.fromEntries(
    ['pass', ...Object.keys(gate.metrics)].map((metric) => [metric, { level: 'off' as const }]),
  );
  const { minPassRate: _least, ...rest } = gate;
  return { ...rest, rules, metrics };
}

function driftNotes(run: Run, sides: readonly OldSide[], title: string): string[] {
  if (sides.length === 0) return [];
  const names = [...new Set(sides.map(({ old }) => old.prompt.id))].toSorted();
  const note = `run beside the versions at ${title}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and more' : ''}; baselines are not used`;
  const replayed = run.evals.some((each) => each.replayed);
  const drift = 'replayed answers are of other days: only --mode live runs both versions at one time';
  return replayed ? [note, drift] : [note];
}
