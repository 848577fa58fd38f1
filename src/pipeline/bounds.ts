import { Budget, type BudgetLimits } from '../ask/budget.js';
import type { Spending } from '../ask/spending.js';
import { Deadlines } from '../ask/deadline.js';
import { estimateCost, isCharged } from '../ask/price.js';
import { problems, UserError } from '../errors.js';
import { requestTokens } from '../plan/estimate.js';
import { type Engine, Stop } from '../run/execute.js';
import { evalKey } from '../eval-key.js';
import type { ModelRequest, TrialId } from '../vocabulary.js';
import type { World } from '../world.js';
import type { PlannedEval } from './cost-plan.js';
import { DEFAULT_TRIAL_TIMEOUT_MS, type EvaluateOptions } from './options.js';
import type { Session } from './session.js';

/** What a run may take: time, money, tokens; and what became of that. */
export interface Bounds {
  /** Ends the run: from outside, or because its time is up. */
  signal: AbortSignal;
  /** Absent: nothing is limited. */
  budget?: Budget;
  /**
   * Tells what the run may cost, before anything is called, where that is limited.
   * @param rounds what its first rounds would call; asked for only where it is needed
   * @param resumed of a run that goes on: what of that is left, and what has been spent already
   * @throws UserError for models whose price is not known: a budget in money that cannot be kept is none
   */
  plan(rounds: () => Promise<PlannedEval[]>, resumed?: (rounds: PlannedEval[]) => Promise<Resumption>): Promise<void>;
  /** Told of each trial that has ended. */
  ended(trial: TrialId): void;
  /** Gives a trial its time limit. */
  limited: NonNullable<Engine['limited']>;
  /** Why the run ended before its plan did; undefined when no bound ended it. */
  spent(): string | undefined;
  /** Stops the clock. */
  release(): void;
}

/** Of a run that goes on: what of its first rounds is left, and what its earlier processes have spent. */
export interface Resumption {
  left: PlannedEval[];
  spent: Spending;
}

/**
 * The bounds of a run.
 * @param began on the world's clock: the time of a process includes finding and checking its files
 */
export function boundsOf(session: Session, options: EvaluateOptions, began: number, world: World): Bounds {
  const limits = limitsOf(session, options);
  const limited = limits.usd !== undefined || limits.tokens !== undefined;
  let grading = gradingOf([]);
  const budget = limited
    ? new Budget({ limits, estimate: estimator(session, world), grading: (trial) => grading(trial) })
    : undefined;
  const time = timeLimit(options, began, world);
  const trials = new Deadlines(options.trialTimeoutMs ?? DEFAULT_TRIAL_TIMEOUT_MS, world);
  return {
    signal: time.signal,
    ...(budget && { budget }),
    async plan(rounds, resumed) {
      const spends = spendingIn(session);
      if (!budget || !session.evals.some(({ model }) => spends(model.model))) return;
      const planned = (await rounds()).filter(({ model }) => spends(model));
      grading = gradingOf(planned);
      const going = await resumed?.(planned);
      if (going) budget.goOn(going.spent);
      const left = going?.left.filter(({ model }) => spends(model)) ?? planned;
      tell({ ...going, left }, limits, options);
    },
    ended: (trial) => budget?.end(trial),
    limited: (work, instead, outer) => trials.within(work, instead, outer),
    spent: () => time.spent() ?? budget?.reason,
    release: time.release,
  };
}

/** Which models may spend something: of a replay, which calls nobody, only mocks that have a price. */
function spendingIn({ config, pool }: Session): (model: string) => boolean {
  if (config.mode !== 'replay') return () => true;
  return (model) => {
    const described = pool.describe(model);
    return described.calls === 'none' && isCharged(described);
  };
}

/** The flags, and for money the policy of the project where no flag is given. */
function limitsOf({ config }: Session, { maxCostUsd, maxTokens }: EvaluateOptions): BudgetLimits {
  const policy = config.policy.maxCostUsd;
  return {
    ...(typeof policy === 'number' && { usd: { most: policy, name: 'policy.maxCostUsd' } }),
    ...(maxCostUsd !== undefined && { usd: { most: maxCostUsd, name: '--max-cost' } }),
    ...(maxTokens !== undefined && { tokens: { most: maxTokens, name: '--max-tokens' } }),
  };
}

/** What grading an answer may cost: on average over an eval's cases, whose graders differ little. */
function gradingOf(planned: readonly PlannedEval[]): (trial: TrialId) => Spending | undefined {
  const known = new Map(
    planned.map(({ prompt, model, trials, graderTokens, graderCostUsd = 0 }) => [
      evalKey(prompt, model),
      graderTokens > 0 ? { usd: graderCostUsd / trials, tokens: graderTokens / trials } : undefined,
    ]),
  );
  return ({ prompt, model }) => known.get(evalKey(prompt, model));
}

/** Tells what a run may cost, judges included. @throws UserError for models whose price is not known */
function tell(
  { left, spent }: Pick<Resumption, 'left'> & Partial<Resumption>,
  limits: BudgetLimits,
  options: EvaluateOptions,
) {
  const unpriced = [...new Set(left.flatMap((each) => each.unpriced))];
  const { usd: money } = limits;
  if (money && unpriced.length > 0 && !options.allowUnknownPrice) {
    throw new UserError(unpriced.map((model) => problems['unknown-price'](model, money.name)));
  }
  const sum = (of: (each: PlannedEval) => number) => left.reduce((all, each) => all + of(each), 0);
  options.onEstimate?.({
    calls: sum((each) => each.calls),
    graderCalls: sum((each) => each.graderCalls),
    tokens: sum((each) => each.inputTokens + each.outputTokens + each.graderTokens),
    usd: sum((each) => (each.costUsd ?? 0) + (each.graderCostUsd ?? 0)),
    times: Math.max(1, ...left.map((each) => each.times)),
    unpriced,
    limits,
    ...(spent && { spent }),
  });
}

function estimator({ pool }: Session, world: World) {
  return async (request: ModelRequest): Promise<Spending | undefined> => {
    const described = pool.describe(request.model);
    if (!isCharged(described)) return undefined;
    const { input, output } = requestTokens(request);
    const usd = await estimateCost(described, input, output, { date: world.date });
    return { usd: usd ?? 0, tokens: input + output };
  };
}

/** Ends the run when its time is up. */
function timeLimit({ maxTimeMs, signal }: EvaluateOptions, began: number, world: World) {
  const outer = signal ?? new AbortController().signal;
  if (maxTimeMs === undefined) return { signal: outer, spent: () => undefined, release() {} };
  const up = new AbortController();
  const timer = new AbortController();
  const stop = new Stop(`time spent: the run may take ${maxTimeMs / 1000} s (--max-time)`);
  const left = Math.max(0, maxTimeMs - (world.now() - began));
  void world.sleep(left, timer.signal).then(() => {
    if (!timer.signal.aborted) up.abort(stop);
    return undefined;
  });
  return {
    signal: AbortSignal.any([outer, up.signal]),
    // A run that was interrupted first was not ended by its time.
    spent: () => (up.signal.aborted && !outer.aborted ? stop.message : undefined),
    release: () => timer.abort(),
  };
}
