import { pathToFileURL } from 'node:url';
import type { Completion, Problem } from '../vocabulary.js';
import { completionFrom } from './completion.js';
import { fileProblems, problemsOf } from './files.js';
import { appRequest, ended, thrownText, unlessEnded, type AppRequest } from './protocol.js';
import {
  ProviderError,
  type Call,
  type Provider,
  type ProviderContext,
  type ProviderDefinition,
  type ProviderRequest,
} from './provider.js';
import { badSetting, requiredText, textSetting } from './settings.js';

/** A user's function: it may answer with a text, or with what `exec` prints. It should heed the signal, but is not trusted to. */
type AppFunction = (request: AppRequest, call: { signal: AbortSignal }) => unknown;

const MEANING = 'the path of a .js, .mjs or .ts file';

/** A function of the user's, from a JavaScript or TypeScript file that is loaded with the first answer asked of it. */
export const module: ProviderDefinition = {
  type: 'module',
  calls: 'code',
  embeds: () => false,
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: { type: 'string', minLength: 1, description: 'Path of the file, .js, .mjs, .cjs, .ts or .mts.' },
      export: { type: 'string', minLength: 1, description: 'Name of the exported function; default when left out.' },
    },
  },
  keys: () => [],
  check(context): Problem[] {
    const wrong = problemsOf(() => {
      requiredText(context, 'path', MEANING);
      textSetting(context, 'export');
    });
    return wrong.length > 0 ? [...wrong] : [...fileProblems(context, String(context.settings.path))];
  },
  async create(context) {
    return new Module(context, await load(context));
  },
};

class Module implements Provider {
  constructor(
    private readonly context: ProviderContext,
    private readonly app: AppFunction,
  ) {}

  async complete(request: ProviderRequest, call: Call): Promise<Completion> {
    if (call.signal.aborted) throw ended(call.signal);
    const started = this.context.now();
    // A copy: what users' code does to its argument must not reach the next try or the recording.
    const argument = structuredClone(appRequest(request));
    const answer = await unlessEnded(this.call(argument, call.signal), call.signal);
    const latencyMs = this.context.now() - started;
    const completion = typeof answer === 'string' ? { output: answer } : answer;
    return { latencyMs, ...completionFrom(completion, this.context.name) };
  }

  private async call(request: AppRequest, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.app(request, { signal });
    } catch (thrown) {
      const message = `${this.context.name}: the function threw: ${thrownText(thrown, this.context.redact)}`;
      throw new ProviderError({ kind: 'code', message }, { retry: 'no' });
    }
  }
}

async function load(context: ProviderContext): Promise<AppFunction> {
  const file = requiredText(context, 'path', MEANING);
  const name = textSetting(context, 'export') ?? 'default';
  const absolute = context.resolve(file);
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(absolute).href, { fsCache: false, interopDefault: false });
  const loaded = await jiti.import(absolute).catch((thrown: unknown) => {
    throw badSetting(context, `${file} cannot be loaded: ${thrownText(thrown, context.redact)}`, 'Correct the file.');
  });
  const found = exported(loaded, name);
  if (typeof found === 'function') return found as AppFunction;
  throw badSetting(context, `${file} has no function "${name}" among its exports`, `Export it, or set "export".`);
}

/** CommonJS files export an object or the function itself, as `default` of a module: both are looked through. */
function exported(loaded: unknown, name: string): unknown {
  const inner = member(loaded, 'default');
  if (name !== 'default') return member(loaded, name) ?? member(inner, name);
  return [loaded, inner, member(inner, 'default')].find((each) => typeof each === 'function');
}

function member(value: unknown, name: string): unknown {
  return value !== null && (typeof value === 'object' || typeof value === 'function')
    ? Reflect.get(value, name)
    : undefined;
}
