import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { estimateCost } from '../ask/price.js';
import { problems, UserError } from '../errors.js';
import { decodeText } from '../library/text-file.js';
import { readJson } from '../library/json.js';
import { nearest } from '../library/nearest.js';
import { missingVariables, renderMessages } from '../library/render.js';
import { isObject } from '../objects.js';
import { tagNames } from '../library/tag-names.js';
import { compileUserSchema } from '../library/user-schema.js';
import { readYaml } from '../library/yaml.js';
import { requestTokens } from '../plan/estimate.js';
import { checkVariables } from '../prompts/variables.js';
import { providerTypes } from '../providers/map.js';
import { providerPool } from '../providers/open.js';
import type { JsonObject, Library, Message, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { openNamed, readOne } from './catalogue.js';
import { oneByOne } from '../lists.js';

/** What a prompt is rendered with: variables, or those of a case. */
export interface RenderOptions {
  cwd: string;
  config?: string;
  /** JSON, or the path of a file in YAML or JSON. */
  vars?: string;
  /** The id of a case. */
  case?: string;
}

/** What a model would get, as `assay render --json` prints it. */
export interface Rendered extends Pick<Prompt, 'parameters' | 'tools'> {
  prompt: string;
  version: string;
  messages: Message[];
  /** The answer's schema, where it is sent. */
  schema?: JsonObject;
  /** For each of its models; tokens are estimates, of the answer at most. */
  models: { model: string; inputTokens: number; outputTokens: number; costUsd: number | null }[];
}

/** Renders a prompt as an evaluation would. @throws UserError when the prompt has mistakes or the variables do not fit it */
export async function render(given: string, options: RenderOptions, world: World): Promise<Rendered> {
  const { project, located } = openNamed(given, options);
  if (located.kind === 'partial') throw new UserError([problems['a-partial'](given)]);
  const { prompt, library } = await readOne(project, project.tree, located.files.path, world);
  const vars =
    options.case === undefined ? givenVars(options, prompt) : await varsOfCase(prompt, library, options.case);
  const { messages, problems: found } = renderMessages(prompt.template, vars);
  if (found.length > 0) throw new UserError(found);
  const { id, version, parameters, tools, output, structured } = prompt;
  const schema = output && structured === 'auto' ? { schema: output } : {};
  const { input, output: most } = requestTokens({ messages, tools, parameters, ...schema });
  const pool = providerPool(
    { ...library.config, types: providerTypes },
    { env: world.env, now: world.now, root: project.root, allowCode: false, allowHosts: [], allowKeys: [] },
  );
  const models = await Promise.all(
    prompt.models.map(async ({ model }) => ({
      model,
      inputTokens: input,
      outputTokens: most,
      costUsd: (await estimateCost(pool.describe(model), input, most, { date: world.date })) ?? null,
    })),
  );
  await pool.close();
  return { prompt: id, version, messages, parameters, tools, ...schema, models };
}

async function varsOfCase(prompt: Prompt, library: Library, id: string): Promise<JsonObject> {
  const ids: string[] = [];
  for await (const each of oneByOne(library.cases(prompt))) {
    if (each.id === id) return each.vars;
    ids.push(each.id);
  }
  throw new UserError([problems['unknown-case'](prompt.id, id, nearest(id, ids))]);
}

/** The variables of `--vars`, held against `input` as those of a case are. */
function givenVars({ cwd, vars: written = '{}' }: RenderOptions, prompt: Prompt): JsonObject {
  const given = readVars(written, cwd);
  const { input, template, id } = prompt;
  const refuse = (faults: string[]) => {
    const problem = problems['bad-variables'](id, faults, input);
    return new UserError([
      { ...problem, remedy: `${problem.remedy} \`--vars\` gives them, \`--case <id>\` takes those of a case.` },
    ]);
  };
  const checked = checkVariables(given, { uses: tagNames(template).roots, ...(input && { input }) });
  if (!checked.ok) throw refuse(checked.faults);
  const missing = input ? [] : missingVariables(template, checked.vars);
  if (missing.length > 0) throw refuse(missing.map(({ name }) => `"${name}" is missing`));
  const schema = input && compileUserSchema(input);
  const faults = schema?.ok ? schema.faults(checked.vars, 'vars').map((each) => each.problem(undefined).message) : [];
  if (faults.length > 0) throw refuse(faults);
  return checked.vars;
}

function readVars(written: string, cwd: string): JsonObject {
  const inline = /^\s*\{/.test(written);
  const file = inline ? '--vars' : written;
  const text = inline ? written : readText(written, cwd);
  const read = inline || written.endsWith('.json') ? readJson(text, { file }) : readYaml(text, { file });
  if ('problems' in read) throw new UserError(read.problems);
  if (isObject(read.source.value)) return read.source.value;
  throw new UserError([
    problems['wrong-type'](file, 'a map of variables', 'something else', { file, line: 1, column: 1 }),
  ]);
}

function readText(path: string, cwd: string): string {
  try {
    return decodeText(readFileSync(resolve(cwd, path)), path);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError([problems['no-such-file'](path)]);
  }
}
