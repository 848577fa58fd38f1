import type { Json, JsonObject, Level, Mode, Place } from './common.js';

/** A message's author. */
export type Role = 'system' | 'user' | 'assistant';

/** One message of a conversation, rendered. */
export interface Message {
  role: Role;
  content: string;
}

/** A function a model may call; `parameters` is a JSON Schema. */
export interface Tool {
  name: string;
  description?: string;
  parameters: JsonObject;
}

/**
 * Sampling parameters under neutral names. Any other key is a provider's type or configured name and passes through to that
 * provider unchecked. Absent means absent: nothing is sent for it.
 */
export interface Parameters {
  /** Largest number of tokens in the answer. */
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: string[];
  seed?: number;
  /** Whether the answer is asked for as a stream. It changes the transport, never the answer, so no version or key holds it. */
  stream?: boolean;
  [provider: string]: Json | undefined;
}

/** A model to run, as `provider:name`; with `replaces` it is compared with the baseline of that other model. */
export interface ModelChoice {
  model: string;
  replaces?: string;
}

/** How many times a case is run: a fixed number is `min === max`. */
export interface Repeats {
  min: number;
  max: number;
}

/** The names of the gate's rules. */
export type RuleName =
  | 'regression'
  | 'minimum'
  | 'critical'
  | 'newly-failing'
  | 'inconclusive'
  | 'cost'
  | 'latency'
  | 'tokens';

/** How the repeats of a case are folded into one, before any metric looks over cases. */
export type ReducerName = 'mean' | 'majority' | 'all' | 'any' | `at-least-${number}` | `pass@${number}`;

/** The gate's settings after defaults, overrides and front matter were merged. Scores and tolerances are fractions, 0..1. */
export interface GateSettings {
  /** Share of runs of an unchanged prompt that may fail by chance. */
  alpha: number;
  /** A drop smaller than this does not matter. */
  tolerance: number;
  /** The drop that a run should be able to see. */
  detect: number;
  /** The most trials a newly failing case is given to prove that it is hard broken. */
  confirm: number;
  reducer: ReducerName;
  /** The share by which cost, latency or tokens of an answer may rise. */
  increase: number;
  /** Absent: 1 where there is no baseline, no minimum where there is one. */
  minPassRate?: number;
  /** The share of an eval's scores that may be missing before the verdict is unverified. */
  maxMissing: number;
  rules: Record<RuleName, Level>;
  /** Metrics gated beside `pass`, with their own settings. */
  metrics: Record<string, { tolerance?: number; minimum?: number; level?: Level }>;
}

/** A `why:` comment: the reason of the constraint beside it. No model sees it. */
export interface Constraint {
  why: string;
  place: Place;
}

/** One entry of a prompt's changelog. */
export interface ChangelogEntry {
  date: string;
  why: string;
  version?: string;
}

/**
 * A piece of a parsed template, partials already in place, comments gone: what rendering walks and what a version hashes.
 * `name` prints a value; `section` repeats or opens its content; `inverted` stands where the value is falsy or empty.
 */
export type TemplatePart =
  | { kind: 'text'; text: string }
  | { kind: 'name'; name: string; place: Place }
  | { kind: 'section' | 'inverted'; name: string; parts: TemplatePart[]; place: Place };

/** A versioned template file with its metadata, defaults and overrides merged in. */
export interface Prompt {
  /** The path below the library folder without `.prompt.md`, `/` on every system, e.g. `support/triage`. */
  id: string;
  /** Path of the file, relative to the project root. */
  path: string;
  /** 12 hex digits over all that a model can see. */
  version: string;
  /** The prompt whose cases this one runs, when it has none of its own. */
  variantOf?: string;
  owner?: string;
  why?: string;
  tags: string[];
  models: ModelChoice[];
  parameters: Parameters;
  input?: JsonObject;
  output?: JsonObject;
  structured: 'auto' | 'off';
  tools: Tool[];
  repeats: Repeats;
  gate: GateSettings;
  review?: Json;
  changelog: ChangelogEntry[];
  template: TemplatePart[];
  /** Paths of the partials that the template includes, directly or through others, relative to the project root, sorted. */
  partials: string[];
  constraints: Constraint[];
  /** Paths of the files its cases come from, relative to the project root, in reading order. */
  caseFiles: string[];
}

/** A declared check on a completion, normalised: defaults filled in, `not-` taken off the type, aliases resolved. */
export interface Assertion {
  /** Canonical type without `not-`, e.g. `contains`. */
  type: string;
  negated: boolean;
  /** Rendered over `vars` and `expected`; absent where the type falls back to `expected` and that is absent, too. */
  value?: Json;
  options: JsonObject;
  threshold?: number;
  /** Above 0. */
  weight: number;
  /** The name its scores are aggregated under; by default the type as written. */
  metric: string;
  /** JSONPath into the parsed output; what it finds is what is checked. */
  path?: string;
  level: Level;
  /** A change to the output before it is checked: `trim`, `lowercase`, `json`, … (assertions/transform.ts). */
  transform?: string;
  place: Place;
}

/** One row of test data for a prompt. */
export interface Case {
  id: string;
  vars: JsonObject;
  expected?: Json;
  /** Other cases may share these lists. */
  assert: readonly Assertion[];
  tags: readonly string[];
  /** Cases with a common group are permuted together in statistics. */
  group?: string;
  quarantine?: { until: string; why: string };
  place: Place;
  /** Hash of the variables: what the case puts in. */
  input: string;
}

/** What a provider may be asked in any minute; a type of members, since settings are JSON. */
export type RateSettings = {
  requestsPerMinute?: number;
  tokensPerMinute?: number;
};

/** A configured provider: `type` chooses the code, the rest are that type's settings. */
export interface ProviderSettings {
  type: string;
  /** Most calls at a time to this provider. */
  concurrency?: number;
  limits?: RateSettings;
  [setting: string]: Json | undefined;
}

/** A model that grades: its model id must carry a date, so that it does not change under a committed baseline. */
export interface JudgeSettings {
  model: string;
  parameters?: Parameters;
}

/**
 * A model's price in US dollars per million tokens; without `cachedInput`, cached tokens cost as much as others. A type of members,
 * since prices are part of what runs have in common, which is JSON.
 */
export type ModelPrice = {
  input: number;
  output: number;
  cachedInput?: number;
};

/** The user's own prices, by model as asked (`provider:name`); in a name, `*` stands for any characters. */
export type Prices = Readonly<Record<string, ModelPrice>>;

/** `assay.config.yaml`, normalised: what was left out has its default, names of files are relative to the root. */
export interface Config {
  /** Path of the config file relative to the root, absent when there is none. */
  file?: string;
  library: string[];
  providers: Record<string, ProviderSettings>;
  /** Absent when there are none. */
  prices?: Prices;
  models: ModelChoice[];
  mode: Mode;
  repeats: Repeats;
  concurrency: number;
  judge?: JudgeSettings;
  gate: GateSettings;
  policy: JsonObject;
}
