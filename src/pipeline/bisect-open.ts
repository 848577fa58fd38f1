import { resolve } from 'node:path';
import { problems, UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { relativeGate } from '../gate/worse.js';
import type { Case, Eval, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import type { BisectedVersion } from './bisect-search.js';
import { type Range, rangeOf } from './bisect-range.js';
import { openPrompt } from './blame.js';
import { misfit } from './old-sides.js';
import type { EvaluateOptions } from './options.js';
import { openSession, type Session } from './session.js';
import { oneByOne } from '../lists.js';

/** What a bisection is asked for. */
export interface BisectOptions
  extends Omit<EvaluateOptions, 'paths' | 'resume' | 'against' | 'baseline' | 'since' | 'shard' | 'planOnly' | 'out'> {
  /** A prompt by its id or file. */
  prompt: string;
  /** Git refs. */
  good: string;
  bad: string;
  /** Whose fall is looked for; absent: all gated metrics, and single cases. */
  metric?: string;
  /**
   * Told of a version before it is evaluated, and how many evaluations are left at most, this one included: if all versions can be
   * told, and if not.
   */
  onEvaluation?(version: BisectedVersion, atMost: number, untold: number): void;
}

/** What a bisection goes by. */
export interface Bisection {
  range: Range;
  /** Whoever gets it closes it. */
  session: Session;
  /** The evals of today, whose models answer. */
  evals: readonly Eval[];
  /** The prompt of the working tree, with the gate that tells what is worse. */
  present: Prompt;
  /** How many cases take part. */
  cases: number;
}

/**
 * Finds the prompt, its versions between the two commits, and the cases and models that they are run with.
 * @param how `planOnly`: nothing will be called
 * @throws UserError
 */
export async function openBisection(
  asked: BisectOptions,
  world: World,
  how: { planOnly?: boolean },
): Promise<Bisection> {
  const { prompt: given, good, bad, metric, onEvaluation: _told, ...rest } = asked;
  const { project, prompt } = openPrompt(given, asked);
  const range = await rangeOf(project, prompt, { good, bad });
  const session = await openSession({ ...rest, ...how, paths: [resolve(project.root, prompt.path)] }, world);
  try {
    const evals = session.evals.filter(({ model }) => session.pool.describe(model.model).type !== 'outputs');
    const [first] = evals;
    if (!first) throw new UserError([problems['one-version-only'](prompt.id)]);
    const present: Prompt = { ...first.prompt, gate: relativeGate(first.prompt.gate, metric) };
    const cases = await casesOf(session, present, metric);
    const trouble = await misfit(range.good.prompt, present, session);
    if (trouble !== undefined) throw new UserError([problems['old-version-misfit'](`the version at ${good}`, trouble)]);
    return { range, session, evals, present, cases };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The number of cases that take part. @throws UserError for none, or where none has the metric */
async function casesOf({ library, includes }: Session, present: Prompt, metric: string | undefined): Promise<number> {
  const metrics = new Set(['pass', 'score']);
  let count = 0;
  for await (const each of oneByOne(library.cases(present))) {
    if (!includes(present.id, each)) continue;
    count += 1;
    for (const name of metricsOf(each)) metrics.add(name);
  }
  if (count === 0) throw new UserError([problems['no-case'](present.id)], EXIT.unverified);
  if (metric !== undefined && !metrics.has(metric))
    throw new UserError([problems['no-such-metric'](metric, [...metrics])]);
  return count;
}

function metricsOf({ assert }: Case): string[] {
  return assert.filter(({ level }) => level !== 'off').map(({ metric }) => metric);
}
