import { Listed, WORTH_KEEPING } from '../lists.js';
import type { CaseContent, CaseRun, TrialFacts } from '../vocabulary.js';
import type { CaseColumns } from './case-columns.js';
import { Column } from '../column.js';
import type { Pages } from '../pages.js';
import { Pool } from './pool.js';

const STATUSES = ['completed', 'errored', 'skipped'] as const;
const NUMBERS = [
  'costUsd',
  'inputTokens',
  'outputTokens',
  'latencyMs',
  'graderCalls',
  'graderCostUsd',
  'graderInputTokens',
  'graderOutputTokens',
] as const;
/** So many different messages are kept: a report shows a few, and a million are not to fill the memory. */
const MOST_TROUBLES = 10_000;

/** The cases of an eval with the facts of their trials, by column: a `CaseRun` is made when it is asked for. */
export class CaseTable extends Listed<CaseRun> {
  /** Sorted by repeat. */
  readonly #rounds: Round[] = [];
  /** The cases of a table that is not long, made as their trials end: while a run waits for answers, that takes no time. */
  readonly #made: (CaseRun | undefined)[] = [];

  constructor(
    private readonly columns: CaseColumns,
    private readonly pages: Pages,
  ) {
    super();
  }

  get length(): number {
    return this.columns.length;
  }

  at(index: number): CaseRun | undefined {
    return this.#made[index] ?? this.#make(index);
  }

  #make(index: number): CaseRun | undefined {
    const id = this.columns.ids.at(index);
    if (id === undefined) return undefined;
    const { input, asserts, group, quarantine } = this.columns.content(index);
    const made: CaseRun = { case: id, input, tags: this.columns.tags(index), trials: this.#trials(index), asserts };
    if (group !== undefined) made.group = group;
    if (quarantine) made.quarantine = quarantine;
    return made;
  }

  /** @returns the index of a case by its id, or -1 */
  find(id: string): number {
    return this.columns.ids.find(id);
  }

  /** Whether the case at an index is the one of this id. */
  holds(index: number, id: string): boolean {
    return this.columns.ids.at(index) === id;
  }

  content(index: number): CaseContent {
    return this.columns.content(index);
  }

  status(index: number, repeat: number): TrialFacts['status'] | undefined {
    return this.#rounds.find((round) => round.repeat === repeat)?.status(index);
  }

  put(index: number, facts: TrialFacts): void {
    const round = this.#round(facts.repeat);
    round.put(index, facts);
    if (this.length > WORTH_KEEPING) return;
    const made = this.#made[index];
    const entered = made && (made.trials.at(-1)?.repeat ?? 0) < facts.repeat ? round.get(index) : undefined;
    if (made && entered) made.trials.push(entered);
    else this.#made[index] = this.#make(index);
  }

  #trials(index: number): TrialFacts[] {
    const trials: TrialFacts[] = [];
    for (const round of this.#rounds) {
      const facts = round.get(index);
      if (facts) trials.push(facts);
    }
    return trials;
  }

  #round(repeat: number): Round {
    const known = this.#rounds.find((round) => round.repeat === repeat);
    if (known) return known;
    const made = new Round(repeat, this.pages);
    this.#rounds.push(made);
    this.#rounds.sort((a, b) => a.repeat - b.repeat);
    return made;
  }
}

/** One repeat of the cases that have it. */
class Round {
  readonly #statuses: Column;
  readonly #metrics = new Map<string, Column>();
  readonly #numbers: { name: (typeof NUMBERS)[number]; column: Column }[];
  readonly #trouble: Column;
  readonly #troubles = new Troubles();

  constructor(
    readonly repeat: number,
    private readonly pages: Pages,
  ) {
    this.#statuses = new Column(pages);
    this.#numbers = NUMBERS.map((name) => ({ name, column: new Column(pages) }));
    this.#trouble = new Column(pages);
  }

  status(index: number): TrialFacts['status'] | undefined {
    const code = this.#statuses.get(index);
    return code === undefined ? undefined : STATUSES[code];
  }

  get(index: number): TrialFacts | undefined {
    const status = this.status(index);
    if (!status) return undefined;
    const metrics: [string, number][] = [];
    for (const [name, column] of this.#metrics) {
      const value = column.get(index);
      if (value !== undefined) metrics.push([name, value]);
    }
    // Not by assignment: users name metrics, and `__proto__` is a name, too.
    const facts: TrialFacts = { repeat: this.repeat, status, metrics: Object.fromEntries(metrics) };
    const trouble = this.#troubles.get(this.#trouble.get(index));
    if (trouble) facts.trouble = trouble;
    for (const { name, column } of this.#numbers) {
      const value = column.get(index);
      if (value !== undefined) facts[name] = value;
    }
    return facts;
  }

  put(index: number, facts: TrialFacts): void {
    const { status, metrics, trouble } = facts;
    const replaces = this.#statuses.get(index) !== undefined;
    this.#statuses.set(index, STATUSES.indexOf(status));
    for (const name of Object.keys(metrics)) {
      if (!this.#metrics.has(name)) this.#metrics.set(name, new Column(this.pages));
    }
    for (const [name, column] of this.#metrics) {
      const value = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
      if (value !== undefined || replaces) column.set(index, value);
    }
    for (const { name, column } of this.#numbers) {
      if (facts[name] !== undefined || replaces) column.set(index, facts[name]);
    }
    if (trouble) this.#trouble.set(index, this.#troubles.number(trouble));
    else if (replaces) this.#trouble.set(index, undefined);
  }
}

type Trouble = NonNullable<TrialFacts['trouble']>;

/** Why trials have no completion. Beyond so many different messages, the first one of the same kind stands for the others. */
class Troubles {
  readonly #pool = new Pool<Trouble>();
  readonly #first = new Map<Trouble['kind'], number>();

  get(number: number | undefined): Trouble | undefined {
    return this.#pool.get(number);
  }

  number(trouble: Trouble): number {
    const first = this.#first.get(trouble.kind);
    if (first !== undefined && this.#pool.size >= MOST_TROUBLES) return first;
    const number = this.#pool.number(`${trouble.kind} ${trouble.message}`, () => trouble);
    if (first === undefined) this.#first.set(trouble.kind, number);
    return number;
  }
}
