import type { Answer, FailureKind, ModelRequest } from '../vocabulary.js';
import type { AskContext, Layer } from './ask.js';
import { aborted, unlessAborted } from './clock.js';

/** What is spent: US dollars, and tokens in and out. */
export interface Spending {
  usd: number;
  tokens: number;
}

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
}

/** A call that ends like this may have been answered, and be charged for, though the answer was lost. */
const MAY_BE_CHARGED: ReadonlySet<FailureKind> = new Set([
  'timeout',
  'network',
  'bad-response',
  'too-large',
  'aborted',
]);

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
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #spent: Spending = { usd: 0, tokens: 0 };
  readonly #reserved: Spending = { usd: 0, tokens: 0 };
  /** Of answers that told: what they took, and what was estimated. */
  readonly #took: Spending = { usd: 0, tokens: 0 };
  readonly #estimated: Spending = { usd: 0, tokens: 0 };
  #underWay = 0;
  #waiting: (() => void)[] = [];
  #reason: string | undefined;

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

  /** Stands before each attempt: what is answered from a recording costs nothing. */
  readonly layer: Layer = (next) => async (request, context) => {
    const estimated = await this.#options.estimate(request, context);
    if (!estimated) return next(request, context);
    const instead = await this.#reserve(estimated, context.signal);
    if (instead) return instead;
    let answer: Answer | undefined;
    try {
      answer = await next(request, context);
      return answer;
    } finally {
      this.#settle(estimated, answer);
    }
  };

  /** What an estimate is to be multiplied by. */
  #factor(what: keyof Spending): number {
    return this.#estimated[what] > 0 ? Math.max(1, this.#took[what] / this.#estimated[what]) : 1;
  }

  async #reserve(estimated: Spending, signal: AbortSignal | undefined): Promise<Answer | undefined> {
    for (;;) {
      if (signal?.aborted) return aborted(0);
      if (this.#reason !== undefined) return refused(this.#reason);
      if (this.#exceeded(estimated, this.#reserved) === undefined) break;
      const never = this.#exceeded(estimated, { usd: 0, tokens: 0 });
      if (never !== undefined) {
        this.#reason = never;
        this.#wake();
      } else {
        const freed = new Promise<void>((resolve) => this.#waiting.push(resolve));
        await unlessAborted(freed, signal, () => undefined);
      }
    }
    add(this.#reserved, estimated, 1);
    this.#underWay += 1;
    return undefined;
  }

  /** Which limit would be passed, in words; undefined when none is. */
  #exceeded(estimated: Spending, reserved: Spending): string | undefined {
    for (const what of ['usd', 'tokens'] as const) {
      const limit = this.#options.limits[what];
      const most = estimated[what] * this.#factor(what);
      const others = reserved[what] * this.#factor(what);
      if (!limit || this.#spent[what] + others + most <= limit.most + CRUMB) continue;
      const [spent, next, all] = [this.#spent[what], most, limit.most].map(WORDS[what]);
      return `budget spent: ${spent} of ${all}, and the next call may take ${next} (${limit.name})`;
    }
    return undefined;
  }

  #settle(estimated: Spending, answer: Answer | undefined): void {
    const most = { usd: estimated.usd * this.#factor('usd'), tokens: estimated.tokens * this.#factor('tokens') };
    add(this.#reserved, estimated, -1);
    this.#underWay -= 1;
    // Nothing under way has nothing reserved: rounding must not add up over a long run.
    if (this.#underWay === 0) Object.assign(this.#reserved, { usd: 0, tokens: 0 });
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
  const { costUsd, usage } = answer.completion;
  const { inputTokens, outputTokens } = usage ?? {};
  const told = inputTokens !== undefined || outputTokens !== undefined;
  return { usd: costUsd ?? most.usd, tokens: told ? (inputTokens ?? 0) + (outputTokens ?? 0) : most.tokens };
}

function refused(message: string): Answer {
  return { ok: false, failure: { kind: 'budget', message }, attempts: 0, retry: { retry: 'no' } };
}

function add(to: Spending, amount: Spending, times: 1 | -1): void {
  to.usd += times * amount.usd;
  to.tokens += times * amount.tokens;
}
