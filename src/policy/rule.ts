import type { ChangelogEntry, Level, Place, Problem, Prompt } from '../vocabulary.js';

/** The policy as the config says it. */
export interface Policy {
  /** Keys that every prompt must have. */
  require?: readonly string[];
  /** Patterns of allowed models: `*` stands for anything. */
  models?: readonly string[];
  minCases?: number;
  /** Constraints need a reason: `true`, or the words that make a line a constraint. */
  whys?: boolean | readonly string[];
  /** Levels of rules by code, over their own. */
  rules?: Readonly<Record<string, Level>>;
}

/** A prompt with what is known of its cases. */
export interface CheckedPrompt {
  prompt: Prompt;
  cases: number;
  quarantined: number;
  accepted: boolean;
  /** The models that assertions of its cases name to grade with, by the place of the assertion; those that are off name none. */
  graders: ReadonlyMap<Place, string>;
}

/** All that a rule may know. Rules read no files themselves and call no model. */
export interface PolicyFacts {
  policy: Policy;
  prompts: readonly CheckedPrompt[];
  /** Whether these are all prompts of the library. */
  complete: boolean;
  /** Paths of all partials. */
  partials: readonly string[];
  /** Who the CODEOWNERS files name; absent where there is none. */
  owners?: { file: string; has(owner: string): boolean };
  /** The prompts that may have changed as they were at the base, by id; absent where there is none to compare with. */
  before?: ReadonlyMap<string, { version: string; changelog: readonly ChangelogEntry[] }>;
  /** The model that judges. */
  judge?: string;
  /** The text of a prompt or partial, and the number of the line it begins with: front matter is left out. */
  template(path: string): { text: string; line: number };
  /** Where a setting of a prompt is written: its front matter, else an override, else the config. */
  place(prompt: Prompt, key: string, value?: string): Place;
  /** Where the config says something. */
  configPlace(...keys: string[]): Place;
}

/** One rule of the policy: its entry in the map. */
export interface PolicyRule {
  /** The code of its problems, and its name in `policy.rules`. */
  code: string;
  /** One line: what it asks for. */
  summary: string;
  /** What to do about any of its problems. */
  help: string;
  /** Its level where the config sets none. */
  level(policy: Policy): Level;
  /** What breaks it, each at the most exact place known, made in errors/policy.ts. */
  check(facts: PolicyFacts): Iterable<Problem>;
}
