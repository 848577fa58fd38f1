import type {
  Completion,
  Failure,
  JsonObject,
  ModelPrice,
  ModelRequest,
  Problem,
  ProviderSettings,
  RateSettings,
  RateWindow,
  Retry,
} from '../vocabulary.js';

/** The part of the world a provider may use. Nothing else: no `process`, no global `fetch`. */
export interface ProviderContext {
  /** Its name in the config, e.g. `local`; for an unconfigured one its type. */
  name: string;
  settings: ProviderSettings;
  /** The environment, read for keys and base URLs only. */
  env: Readonly<Record<string, string | undefined>>;
  /** Refuses redirects, hosts that are not allowed, and answers over the size limit (wire.ts). */
  fetch: typeof fetch;
  /** Turns a path relative to the project root into an absolute one; throws a UserError when it leads outside. */
  resolve(path: string): string;
  /** The project root, absolute. */
  root: string;
  /** Milliseconds on a clock that never runs backwards. */
  now(): number;
  /** Takes every key in use out of a text: for what is cut before it is told, as half a key is found by nobody. */
  redact(text: string): string;
}

/** One call: how long it may take is the caller's affair, told by `signal`. */
export interface Call {
  signal: AbortSignal;
  /** To be told what the server says of its rate limits, with an answer or a refusal: numbers, never headers. */
  heard?(limits: readonly RateWindow[]): void;
}

/** What a provider throws when it has no completion to give; anything else it throws is taken for a defect of its own. */
export class ProviderError extends Error {
  readonly failure: Failure;
  readonly retry: Retry;

  constructor(failure: Failure, retry: Retry) {
    super(failure.message);
    this.name = 'ProviderError';
    this.failure = failure;
    this.retry = retry;
  }
}

/** A model name within a provider, without the provider's own: what stands behind the first colon. */
export interface ProviderRequest extends ModelRequest {
  name: string;
  /** Names the case and repeat for providers that look finished answers up (`outputs`) or hand them on (`exec`, `module`). */
  trial: { prompt: string; case: string; repeat: number };
}

/** Code that answers requests for the models of one kind. */
export interface Provider {
  /** Answers with a completion that was checked for shape, or throws a ProviderError. Never resolves with nonsense. */
  complete(request: ProviderRequest, call: Call): Promise<Completion>;
  /** Vectors for `request.texts`, in order; absent where the provider has no embeddings. */
  embed?(request: ProviderRequest, call: Call): Promise<Completion>;
  /**
   * Whether there is an answer to this very repeat: only of providers that hold finished answers. Absent: it answers any repeat, as
   * far as it answers at all.
   */
  holds?(request: Pick<ProviderRequest, 'name' | 'trial'>): boolean;
  /** Lets go of sockets and child processes. */
  close?(): Promise<void>;
}

/** What a provider's settings are checked against before a run. */
export interface CheckContext extends Pick<ProviderContext, 'name' | 'settings' | 'env' | 'resolve'> {
  /** The model names asked of it: what stands behind the first colon. */
  models: readonly string[];
  /** Whether it may be called in this run: if not, no key is needed. */
  calling: boolean;
}

/** One kind of provider: its entry in the map. */
export interface ProviderDefinition {
  type: string;
  /**
   * What a call does: `network` needs an allowed host, `code` needs --allow-code, `none` asks no model: its answers are
   * neither recorded nor charged.
   */
  calls: 'network' | 'code' | 'none';
  /** Whether a model of this name makes embeddings; absent: that shows when one is asked. */
  embeds?(name: string): boolean;
  /** JSON Schema of its settings in the config beside `type` and `concurrency`. */
  settings: JsonObject;
  /** The environment variables that may hold its keys: their values are redacted from all that is written. */
  keys(settings: ProviderSettings): string[];
  /** Hosts of base URLs that need no permission: the SDK's own, and those from the environment. */
  hosts?(context: Pick<ProviderContext, 'settings' | 'env'>): { url: string; trusted: boolean }[];
  /**
   * Mistakes that can be seen before anything is called: keys that are not set, files that are not there, names it does not
   * have. Calls and loads nothing. Without it the keys are checked: one of `keys` must be set unless the host is loopback.
   */
  check?(context: CheckContext): Problem[];
  /** Makes it. Loads its SDK only now. Throws a UserError for settings that cannot work (no key, no such file). */
  create(context: ProviderContext): Promise<Provider>;
}

/** What a model string stands for under the config in force. */
export interface ModelDescription {
  /** The provider's name in the config, e.g. `local`; its settings go by this. */
  provider: string;
  /**
   * What its calls are counted under by the server that they go to: equal for providers that ask one address with one key. Absent
   * where there is no such server.
   */
  account?: string;
  /** The kind of provider, e.g. `openai`: part of a recording's key. */
  type: string;
  /** What stands behind the first colon. */
  name: string;
  calls: ProviderDefinition['calls'];
  concurrency?: number;
  limits?: RateSettings;
  /** The user's own; absent when there is none. */
  price?: ModelPrice;
}

/** The providers of a run, made when first used and closed together. */
export interface ProviderPool {
  /** @throws UserError for a provider that is neither configured nor known; checked before a run, so not expected in one */
  describe(model: string): ModelDescription;
  get(model: string): Promise<Provider>;
  close(): Promise<void>;
}
