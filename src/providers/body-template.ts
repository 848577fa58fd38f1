import type { Json, JsonObject } from '../vocabulary.js';
import { textOf, type AppRequest } from './protocol.js';

/** What a template may name; `prompt` is the text of all messages. */
const NAMES = [
  'messages',
  'prompt',
  'vars',
  'model',
  'name',
  'case',
  'repeat',
  'parameters',
  'tools',
  'schema',
] as const;
type Name = (typeof NAMES)[number];

const TAG = /\{\{\s*([^{}]*?)\s*\}\}/g;
const ONLY_TAG = /^\{\{\s*([^{}]*?)\s*\}\}$/;

/** Fills a template for a request, or says which tag has no value. */
export type BodyTemplate = (request: AppRequest) => { ok: true; body: Json } | { ok: false; message: string };

/**
 * Prepares a JSON template: in every text value `{{vars.ticket}}` stands for that value of the request, a tag alone in its text
 * for the value itself, be it a list or a number. One pass: what is put in is never read again. Keys stand as they are.
 * @returns what is wrong with the template when it names something that no request has
 */
export function prepareBody(template: Json): BodyTemplate | string {
  for (const tag of tagsOf(template)) {
    const [name] = tag.split('.');
    if (!NAMES.some((each) => each === name)) return `{{${tag}}} is none of ${NAMES.join(', ')}`;
  }
  return (request) => {
    const missing: string[] = [];
    const values = valuesOf(request);
    const body = fill(template, (tag) => {
      const value = lookUp(values, tag);
      if (value === undefined) missing.push(tag);
      return value ?? null;
    });
    if (missing.length === 0) return { ok: true, body };
    return { ok: false, message: `case "${request.case}" has no value for {{${missing[0]}}} of the body` };
  };
}

function valuesOf(request: AppRequest): Record<Name, Json> {
  const { messages, vars, model, name, case: id, repeat, parameters, tools, schema } = request;
  const prompt = messages.map((message) => message.content).join('\n\n');
  return {
    messages: messages.map(({ role, content }) => ({ role, content })),
    prompt,
    vars,
    model,
    name,
    case: id,
    repeat,
    parameters: plain(parameters),
    tools: plain(tools),
    schema,
  };
}

/** As JSON holds it: members that are not given are gone. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Own members only: `vars.constructor` is a variable that is not given. */
function lookUp(values: JsonObject, tag: string): Json | undefined {
  let value: Json | undefined = values;
  for (const name of tag.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined;
    value = Array.isArray(value) ? value[Number(name)] : value[name];
  }
  return value;
}

function fill(template: Json, valueOf: (tag: string) => Json): Json {
  if (typeof template === 'string') {
    const [, only] = ONLY_TAG.exec(template) ?? [];
    if (only !== undefined) return valueOf(only);
    return template.replace(TAG, (_, tag: string) => textOf(valueOf(tag)));
  }
  if (Array.isArray(template)) return template.map((each) => fill(each, valueOf));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, valueOf)]));
}

function tagsOf(template: Json): string[] {
  if (typeof template === 'string') return [...template.matchAll(TAG)].map(([, tag]) => tag ?? '');
  if (template === null || typeof template !== 'object') return [];
  return Object.values(template).flatMap(tagsOf);
}
