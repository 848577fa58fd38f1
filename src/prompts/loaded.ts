import { promptProblems } from '../errors/prompts.js';
import { UserError } from '../errors/user-error.js';
import { missingVariables, renderMessages } from '../library/render.js';
import { tagNames } from '../library/tag-names.js';
import type { JsonObject, Message, Parameters, Problem, Prompt, TemplatePart, Tool } from '../vocabulary.js';
import { isObject } from '../objects.js';
import { saysMore } from './common-check.js';
import { checkUsual, checkVariables } from './variables.js';

/** All of a prompt that an application needs, from wherever it was read. */
export interface Source {
  version: string;
  parameters: Parameters;
  input?: JsonObject;
  output?: JsonObject;
  structured: Prompt['structured'];
  tools: Tool[];
  template: readonly TemplatePart[];
}

/** A prompt ready for use. */
export interface Loaded extends Omit<Source, 'template'> {
  id: string;
  render(vars?: unknown): { messages: Message[] };
}

/** Why a prompt cannot be loaded or rendered: place, what and remedy stand in the message, as an application logs nothing else. */
export class PromptError extends UserError {
  constructor(list: readonly Problem[]) {
    super(list);
    this.name = 'PromptError';
    this.message = list
      .map(({ place, message, remedy }) => {
        const where = place && place.file !== '' ? `${place.file}:${place.line}:${place.column}: ` : '';
        return `${where}${message}. ${remedy}`;
      })
      .join('\n');
  }
}

/**
 * Refuses arguments of other types, and options that there are not: without TypeScript nothing else does.
 * @throws PromptError `bad-load-argument`, `unknown-load-option`
 */
export function checkOptions(id: unknown, options: unknown, known: readonly string[]): asserts id is string {
  const refuse = (name: string) => new PromptError([promptProblems['bad-load-argument'](name)]);
  if (typeof id !== 'string') throw refuse('the id');
  if (!isObject(options)) throw refuse('what follows the id');
  if (options.root !== undefined && typeof options.root !== 'string') throw refuse('root');
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new PromptError([promptProblems['unknown-load-option'](id, unknown, known)]);
}

/**
 * Makes a prompt ready.
 * @param pinned the only version that is accepted
 * @throws PromptError `version-mismatch`
 */
export async function loaded(id: string, source: Source, pinned: string | undefined): Promise<Loaded> {
  const { template, parameters, input, output, structured, tools } = source;
  if (pinned !== undefined && pinned !== source.version) {
    throw new PromptError([promptProblems['version-mismatch'](id, pinned, source.version)]);
  }
  const declared = { uses: tagNames(template).roots, ...(input && { input }) };
  const check = input && saysMore(input) ? (await import('./full-check.js')).checkAll : checkUsual;
  return {
    id,
    // Of a file it is made when it is asked for.
    get version() {
      return source.version;
    },
    parameters,
    ...(input && { input }),
    ...(output && { output }),
    structured,
    tools,
    render(given = {}) {
      const refuse = (faults: string[]) => new PromptError([promptProblems['bad-variables'](id, faults, input)]);
      const checked = checkVariables(given, declared, check);
      if (!checked.ok) throw refuse(checked.faults);
      // Without `input`, what any tag reads must be given; with it, the check above has found what is missing.
      const missing = input ? [] : missingVariables(template, checked.vars);
      if (missing.length > 0) throw refuse(missing.map(({ name }) => `"${name}" is missing`));
      const { messages, problems } = renderMessages(template, checked.vars);
      if (problems.length > 0) throw new PromptError(problems);
      return { messages };
    },
  };
}
