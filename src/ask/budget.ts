import { trialKey } from '../eval-key.js';
import type { Answer, FailureKind, ModelRequest, TrialId } from '../vocabulary.js';
import type { AskContext, Layer } from './ask.js';
import { aborted, unlessAborted } from './clock.js';
import { type Spending, tookOf } from './spending.js';

/** One limit, and what the user calls it: a flag, a key of the config. */
export interface Limit {
  most: number;
  name: string;
}

/** What a run may spend at most; what is absent is not limited. */
export type BudgetLimits = { readonly [what in keyof Spending]?: Limit };

/** What a budget is kept with. */
export interface BudgetOptions {
  limits: BudgetLimits;
  /** What an attempt may cost at most, as far as can be told; undefined for one that costs nothing. */
  estimate(request: ModelRequest, context: AskContext): Promise<Spending | undefined>;
  /** What grading the answer of a trial may cost, as far as can be told; nothing by default. */
  grading?(trial: TrialId): Spending | undefined;
}

/** A call that ends like this may have been answered, and be charged for, though the answer was lost. */
export const MAY_BE_CHARGED: ReadonlySet<FailureKind> = new Set([
  'timeout',
  'network',
  'bad-response',
  'too-large',
  'aborted',
]);

const NOTHING: Readonly<Spending> = { usd: 0, tokens: 0 };

/** Sums of prices are no round numbers. */
const CRUMB = 1e-9;

const WORDS: Record<keyof Spending, (amount: number) => string> = {
  usd: (amount) => `$${amount < 0.995 ? Number(amount.toPrecision(2)) : amount.toFixed(2)}`,
  tokens: (amount) => `${Math.ceil(amount)} tokens`,
};

/**
 * The budget of a run. A call begins only while what was spent, what the calls under way may cost, and what it may cost itself
 * together stay within the limits: if no estimate is too low, a limit is never passed. Estimates that prove too low on the whole
 * are raised by as much. A call that would fit but for those under way waits for them; the first that does not fit ends the
 * spending for good, so that what is done is no choice of cheap cases.
 *
 * An answer that nobody grades is money lost: a trial begins only where its graders fit, too, and what they may cost is held for
 * them until the trial ends.
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #spent: Spending = { usd: 0, tokens: 0 };
  readonly #reserved: Spending = { usd: 0, tokens: 0 };
  /** For the graders of trials that have begun: in sum, and of each what is left. */
  readonly #held: Spending = { usd: 0, tokens: 0 };
  readonly #holds = new Map<string, Spending>();
  /** Of answers that told: what they took, and what was estimated. */
  readonly #took: Spending = { usd: 0, tokens: 0 };
  readonly #estimated: Spending = { usd: 0, tokens: 0 };
  #underWay = 0;
  #waiting: (() => void)[] = [];
  #reason: string | undefined;
  /** Whether an earlier process has spent of it. */
  #goesOn = false;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Why nothing more is asked; undefined while there is budget left. */
  get reason(): string | undefined {
    return this.#reason;
  }

  get spent(): Readonly<Spending> {
    return this.#spent;
  }

  /** Counts what earlier processes of the run have spent. */
  goOn(spent: Spending): void {
    add(this.#spent, spent, 1);
    this.#goesOn = true;
  }

  /** Stands before each attempt: what is answered from a recording costs nothing. */
  readonly layer: Layer = (next) => async (request, context) => {
    const estimated = await this.#options.estimate(request, context);
    if (!estimated) return next(request, context);
    const instead = await this.#reserve(estimated, context);
    if (instead) return instead;
    let answer: Answer | undefined;
    try {
      answer = await next(request, context);
      return answer;
    } finally {
      this.#settle(estimated, answer);
    }
  };

  /** Lets go of what is held for a trial that has ended. */
  end(trial: TrialId): void {
    if (this.#hold(trialKey(trial), undefined)) this.#wake();
  }

  /** Holds so much for a trial, or nothing any more. @returns whether less is held than before */
  #hold(name: string, now: Spending | undefined): boolean {
    const before = this.#holds.get(name);
    if (before) add(this.#held, before, -1);
    if (now) add(this.#held, now, 1);
    if (now) this.#holds.set(name, now);
    else this.#holds.delete(name);
    if (this.#holds.size === 0) Object.assign(this.#held, NOTHING);
    return before !== undefined;
  }

  /** What an estimate is to be multiplied by. */
  #factor(what: keyof Spending): number {
    return this.#estimated[what] > 0 ? Math.max(1, this.#took[what] / this.#estimated[what]) : 1;
  }

  async #reserve(estimated: Spending, { purpose, trial, signal }: AskContext): Promise<Answer | undefined> {
    const name = trialKey(trial);
    const grading = purpose === 'trial' && !this.#holds.has(name) ? this.#options.grading?.(trial) : undefined;
    const whole = grading ? sumOf(estimated, grading) : estimated;
    for (;;) {
      if (signal?.aborted) return aborted(0);
      const held = this.#holds.get(name);
      if (this.#reason !== undefined && !held) return refused(this.#reason);
      // Graders wait for calls only, and never for each other's trials: these end when their graders have answered.
      if (this.#exceeded(whole, held ? this.#reserved : sumOf(this.#reserved, this.#held)) === undefined) break;
      const never = this.#exceeded(whole, NOTHING, grading && 'trial');
      if (never !== undefined) {
        this.#reason ??= never;
        this.#hold(name, undefined);
        this.#wake();
      } else {
        const freed = new Promise<void>((resolve) => this.#waiting.push(resolve));
        await unlessAborted(freed, signal, () => undefined);
      }
    }
    const held = this.#holds.get(name);
    if (grading) this.#hold(name, grading);
    else if (held && purpose !== 'trial') this.#hold(name, lessOf(held, estimated));
    add(this.#reserved, estimated, 1);
    this.#underWay += 1;
    return undefined;
  }

  /** Which limit would be passed, in words; undefined when none is. */
  #exceeded(estimated: Spending, reserved: Readonly<Spending>, next = 'call'): string | undefined {
    for (const what of ['usd', 'tokens'] as const) {
      const limit = this.#options.limits[what];
      const most = estimated[what] * this.#factor(what);
      const others = reserved[what] * this.#factor(what);
      if (!limit || this.#spent[what] + others + most <= limit.most + CRUMB) continue;
      const [spent, more, all] = [this.#spent[what], most, limit.most].map(WORDS[what]);
      const [whole, remedy] = this.#goesOn ? [' by the run in all', '; raise it to go on'] : ['', ''];
      return `budget spent: ${spent} of ${all}${whole}, and the next ${next} may take ${more} (${limit.name})${remedy}`;
    }
    return undefined;
  }

  #settle(estimated: Spending, answer: Answer | undefined): void {
    const most = { usd: estimated.usd * this.#factor('usd'), tokens: estimated.tokens * this.#factor('tokens') };
    add(this.#reserved, estimated, -1);
    this.#underWay -= 1;
    // Nothing under way has nothing reserved: rounding must not add up over a long run.
    if (this.#underWay === 0) Object.assign(this.#reserved, NOTHING);
    const spent = answer ? spentBy(answer, most) : most;
    add(this.#spent, spent, 1);
    if (answer?.ok) {
      add(this.#took, spent, 1);
      add(this.#estimated, estimated, 1);
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** What an attempt cost. What the provider does not say is taken for as much as it may have been. */
function spentBy(answer: Answer, most: Spending): Spending {
  if (!answer.ok) {
    const sent = answer.attempts > 0 && MAY_BE_CHARGED.has(answer.failure.kind);
    return sent ? most : { usd: 0, tokens: 0 };
  }
  return { ...most, ...tookOf(answer.completion) };
}

function refused(message: string): Answer {
  return { ok: false, failure: { kind: 'budget', message }, attempts: 0, retry: { retry: 'no' } };
}

function sumOf(one: Spending, other: Readonly<Spending>): Spending {
  return { usd: one.usd + other.usd, tokens: one.tokens + other.tokens };
}

/** What is left of one when the other is taken from it, at least nothing. */
function lessOf(one: Spending, other: Spending): Spending {
  return { usd: Math.max(0, one.usd - other.usd), tokens: Math.max(0, one.tokens - other.tokens) };
}

function add(to: Spending, amount: Spending, times: 1 | -1): void {
  to.usd += times * amount.usd;
  to.tokens += times * amount.tokens;
}
