import { type CompiledPath, compilePath } from '../json-path.js';
import { isLongJson, LONGEST_OVERLAP } from '../json-text.js';
import type { Completion, Json, Problem } from '../vocabulary.js';
import { prepareBody, type BodyTemplate } from './body-template.js';
import { readUsage } from './completion.js';
import { isRecord } from '../objects.js';
import { problemsOf } from './files.js';
import { appRequest, beginningOf, ended, textOf } from './protocol.js';
import {
  ProviderError,
  type Call,
  type CheckContext,
  type Provider,
  type ProviderContext,
  type ProviderDefinition,
  type ProviderRequest,
} from './provider.js';
import { tellLimits } from './rate-windows.js';
import { badSetting, requiredText, textSetting } from './settings.js';
import { toProviderError } from './wire-errors.js';
import { timingOf } from './wire.js';

const METHODS = ['POST', 'PUT', 'PATCH'];
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/** An application under test behind a URL: the case goes into a JSON body, the answer is found in the JSON that comes back. */
export const http: ProviderDefinition = {
  type: 'http',
  calls: 'network',
  embeds: () => false,
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: {
        type: 'string',
        minLength: 1,
        description: 'Where it listens; another host than loopback needs --allow-host.',
      },
      method: { enum: METHODS, description: 'POST when left out.' },
      headersEnv: {
        type: 'object',
        additionalProperties: { type: 'string', minLength: 1 },
        description: 'Headers whose values come from environment variables: { Authorization: APP_TOKEN }.',
      },
      body: {
        description:
          'JSON in whose texts {{vars.x}}, {{messages}}, {{prompt}}, {{case}} and the like are filled in; the whole request when left out.',
      },
      output: { type: 'string', minLength: 1, description: 'JSONPath of the answer; the whole body when left out.' },
      usage: { type: 'string', minLength: 1, description: 'JSONPath of the numbers of tokens.' },
    },
  },
  keys: (settings) => Object.values(headerNames(settings.headersEnv) ?? {}),
  hosts: ({ settings }) => (typeof settings.url === 'string' ? [{ url: settings.url, trusted: false }] : []),
  check: (context): Problem[] => [...problemsOf(() => planOf(context, context.calling))],
  create: async (context) => new Http(context, planOf(context, true)),
};

/** The settings, read once. */
interface Plan {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: BodyTemplate;
  output: Finder | undefined;
  usage: Finder | undefined;
}

type Finder = Extract<CompiledPath, { ok: true }>;

class Http implements Provider {
  constructor(
    private readonly context: ProviderContext,
    private readonly plan: Plan,
  ) {}

  async complete(request: ProviderRequest, call: Call): Promise<Completion> {
    const filled = this.plan.body(appRequest(request));
    if (!filled.ok) throw this.failure('bad-request', filled.message);
    const started = this.context.now();
    const { response, text } = await this.send(JSON.stringify(filled.body), call.signal);
    const timing = timingOf(response);
    const latencyMs = timing?.lastByteMs ? timing.lastByteMs - timing.sentMs : this.context.now() - started;
    tellLimits(response.headers, call);
    if (!response.ok) throw this.refusal(response, text);
    return { ...this.read(response, text), latencyMs };
  }

  private async send(body: string, signal: AbortSignal): Promise<{ response: Response; text: string }> {
    const { url, method, headers } = this.plan;
    try {
      const response = await this.context.fetch(url, { method, headers, body, signal, redirect: 'error' });
      return { response, text: await response.text() };
    } catch (error) {
      throw signal.aborted ? ended(signal) : toProviderError(error, this.context.name, this.context);
    }
  }

  private read(response: Response, text: string): Omit<Completion, 'latencyMs'> {
    const { output, usage } = this.plan;
    if (!output && !usage) return { output: this.wholeBody(response, text), finishReason: 'stop' };
    const json = this.parse(text);
    const found = output ? output.find(json) : text;
    if (found === undefined || found === null) {
      throw this.failure('bad-response', `the answer has nothing at ${String(this.context.settings.output)}`);
    }
    if (output?.overlaps && isLongJson(found, LONGEST_OVERLAP)) {
      throw this.failure(
        'bad-response',
        `what "output" finds overlaps: it has more than ${LONGEST_OVERLAP} characters`,
      );
    }
    const tokens = readUsage(usage?.find(json));
    return { output: textOf(found), finishReason: 'stop', ...(tokens && { usage: tokens }) };
  }

  /** An HTML page with status 200 is a login or an error page of something in between, not what the application says. */
  private wholeBody(response: Response, text: string): string {
    if (/^\s*text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
      throw this.failure(
        'bad-response',
        'the answer is an HTML page; to grade it, send it inside JSON and set "output"',
      );
    }
    if (text === '') throw this.failure('bad-response', 'the answer is empty');
    return text;
  }

  private parse(text: string): Json {
    try {
      return JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
    } catch {
      const found = text.trim() === '' ? 'it is empty' : `it begins "${beginningOf(text, this.context.redact)}"`;
      throw this.failure('bad-response', `the answer is no JSON: ${found}`);
    }
  }

  private refusal(response: Response, text: string): ProviderError {
    const { status, headers } = response;
    const error = bodyOf(text);
    const refused = Object.assign(new Error(text), { status, headers, error });
    return toProviderError(refused, this.context.name, this.context);
  }

  /** A wrong answer may be one server of several, or a moment; a wrong request stays wrong. */
  private failure(kind: 'bad-request' | 'bad-response', message: string): ProviderError {
    const retry = kind === 'bad-response' ? 'transient' : 'no';
    return new ProviderError({ kind, message: `${this.context.name}: ${message}` }, { retry });
  }
}

/** An error's body, where it is an object. */
function bodyOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function planOf(context: Pick<CheckContext, 'name' | 'settings' | 'env'>, calling: boolean): Plan {
  const url = requiredText(context, 'url', 'the address of the application');
  const method = textSetting(context, 'method') ?? 'POST';
  if (!METHODS.includes(method)) throw badSetting(context, `"method" is none of ${METHODS.join(', ')}`, 'Use POST.');
  const { body } = context.settings;
  const prepared = body === undefined ? wholeRequest : prepareBody(body);
  if (typeof prepared === 'string') throw badSetting(context, `"body": ${prepared}`, 'Correct the tag.');
  const output = finder(context, 'output');
  const usage = finder(context, 'usage');
  return { url, method, headers: calling ? headersOf(context) : {}, body: prepared, output, usage };
}

/** Without a template the application gets what `exec` gets. */
const wholeRequest: BodyTemplate = (request) => ({
  ok: true,
  body: JSON.parse(JSON.stringify(request)) as Json,
});

function finder(context: Pick<CheckContext, 'name' | 'settings'>, key: string): Finder | undefined {
  const path = textSetting(context, key);
  if (path === undefined) return undefined;
  const compiled = compilePath(path);
  if (!compiled.ok) throw badSetting(context, `"${key}": ${compiled.message}`, 'Write a path such as $.answer.text.');
  return compiled;
}

function headersOf(context: Pick<CheckContext, 'name' | 'settings' | 'env'>): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const names = headerNames(context.settings.headersEnv);
  if (!names) throw badSetting(context, '"headersEnv" is wrong', 'Write headersEnv: { Authorization: APP_TOKEN }.');
  for (const [header, variable] of Object.entries(names)) {
    const value = context.env[variable];
    if (!NAME.test(header)) throw badSetting(context, `"${header}" is no name of a header`, 'Correct it.');
    if (!value)
      throw badSetting(context, `${variable} of "headersEnv" is not set`, 'Set it, or load it with --env-file.');
    // The HTTP client's own message would quote the value.
    if (!VALUE.test(value))
      throw badSetting(context, `${variable} has characters no header can hold`, 'Correct its value.');
    headers[header.toLowerCase()] = value;
  }
  return headers;
}

function headerNames(value: Json | undefined): Record<string, string> | undefined {
  if (value === undefined) return {};
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return texts.length === entries.length ? Object.fromEntries(texts) : undefined;
}
