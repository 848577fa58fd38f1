import { statSync } from 'node:fs';
import type { Completion, Problem } from '../vocabulary.js';
import { completionFrom } from './completion.js';
import { problemsOf } from './files.js';
import { CommandRun, type Command } from './exec-process.js';
import { appRequest, beginningOf } from './protocol.js';
import {
  ProviderError,
  type Call,
  type CheckContext,
  type Provider,
  type ProviderContext,
  type ProviderDefinition,
  type ProviderRequest,
} from './provider.js';
import { badSetting, durationSetting, textSetting, textsSetting } from './settings.js';

/** Variables that programs need to start at all; keys are handed on only when `env` names them. In lower case. */
const BASICS: ReadonlySet<string> = new Set(
  'path home user logname shell lang tz tmpdir temp tmp term systemroot systemdrive windir comspec pathext appdata localappdata userprofile homedrive homepath programdata programfiles programfiles(x86) number_of_processors processor_architecture virtual_env'.split(
    ' ',
  ),
);

const COMMAND = 'Write command: [node, scripts/app.mjs], the program and its arguments.';

/**
 * A program of the user's: the request as JSON on its standard input, a completion as JSON on its standard output. Started
 * without a shell, once per answer, with few environment variables.
 */
export const exec: ProviderDefinition = {
  type: 'exec',
  calls: 'code',
  embeds: () => false,
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['command'],
    properties: {
      command: {
        description: 'The program and its arguments. A text is split at blanks; quotes keep blanks. No shell sees it.',
        anyOf: [
          { type: 'array', minItems: 1, items: { type: 'string' } },
          { type: 'string', minLength: 1 },
        ],
      },
      cwd: { type: 'string', minLength: 1, description: 'Folder it runs in, relative to the project root.' },
      timeout: { type: ['string', 'number'], description: 'Longest time of one answer: 500ms, 5s, 2m.' },
      env: {
        type: 'array',
        items: { type: 'string' },
        description: 'Names of environment variables it gets beside PATH, HOME and the like.',
      },
    },
  },
  keys: (settings) =>
    Array.isArray(settings.env) ? settings.env.filter((name): name is string => typeof name === 'string') : [],
  check(context): Problem[] {
    const wrong = [...problemsOf(() => commandOf(context))];
    if (wrong.length > 0 || !context.calling) return wrong;
    return [...problemsOf(() => environment(context))];
  },
  async create(context) {
    const command = commandOf(context);
    const env = environment(context);
    return new Exec(context, { ...command, env, redact: context.redact });
  },
};

class Exec implements Provider {
  private readonly running = new Set<CommandRun>();

  constructor(
    private readonly context: ProviderContext,
    private readonly command: Command,
  ) {}

  async complete(request: ProviderRequest, call: Call): Promise<Completion> {
    const started = this.context.now();
    const run = new CommandRun(this.command);
    this.running.add(run);
    try {
      const stdout = await run.finish(JSON.stringify(appRequest(request)), call.signal);
      const latencyMs = this.context.now() - started;
      return { latencyMs, ...completionFrom(parsed(stdout, this.context), this.context.name) };
    } finally {
      this.running.delete(run);
    }
  }

  /** Ends what still runs. */
  async close(): Promise<void> {
    const closed = new ProviderError({ kind: 'aborted', message: 'the call was ended' }, { retry: 'no' });
    for (const run of this.running) run.fail(closed);
  }
}

function parsed(stdout: string, { name, redact }: Pick<ProviderContext, 'name' | 'redact'>): unknown {
  const text = stdout.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch {
    const found = text.trim() === '' ? 'it printed nothing' : `it printed "${beginningOf(text, redact)}"`;
    const message = `${name}: the output of the command is no JSON: ${found}`;
    throw new ProviderError({ kind: 'bad-response', message }, { retry: 'no' });
  }
}

type Settings = Pick<CheckContext, 'name' | 'settings' | 'resolve'>;

function commandOf(context: Settings): Omit<Command, 'env' | 'redact'> {
  const words = commandWords(context);
  const [program, ...args] = words;
  if (program === undefined || program === '') throw badSetting(context, '"command" is empty', COMMAND);
  const folder = textSetting(context, 'cwd') ?? '.';
  const cwd = context.resolve(folder);
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw badSetting(
      context,
      `"cwd": there is no folder ${folder}`,
      'Correct the path; it is relative to the project root.',
    );
  }
  return { name: context.name, program, args, cwd, timeoutMs: durationSetting(context, 'timeout') };
}

function commandWords(context: Settings): string[] {
  const { command } = context.settings;
  if (command === undefined) throw badSetting(context, '"command" is missing', COMMAND);
  if (typeof command !== 'string') return textsSetting(context, 'command') ?? [];
  const words = splitWords(command);
  if (!words) throw badSetting(context, 'a quote in "command" is not closed', COMMAND);
  return words;
}

/**
 * Splits at blanks; '…' and "…" keep theirs. Nothing else is special: no variables, no globs, and a backslash is a backslash.
 * @returns undefined when a quote is not closed
 */
export function splitWords(text: string): string[] | undefined {
  const words = text.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  const rest = text.replaceAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g, '');
  if (rest.trim() !== '') return undefined;
  return words.map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
}

function environment(context: Pick<CheckContext, 'name' | 'settings' | 'env'>): Record<string, string> {
  const named = textsSetting(context, 'env') ?? [];
  const missing = named.filter((name) => !context.env[name]);
  if (missing.length > 0) {
    const remedy = 'Set it, or take its name out of "env".';
    throw badSetting(context, `${missing.join(', ')} of "env" is not set`, remedy);
  }
  const wanted = Object.entries(context.env).filter(
    ([name]) => named.includes(name) || BASICS.has(name.toLowerCase()) || name.startsWith('LC_'),
  );
  return Object.fromEntries(wanted.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
