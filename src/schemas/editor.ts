import type { AssertionDefinition } from '../assertions/assertion.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Json, JsonObject } from '../vocabulary.js';
import { baselineSchema } from './baseline.js';
import { assertionSchema, casesSchema } from './cases.js';
import { modelName, parameters } from './common.js';
import { configSchema } from './config.js';
import { promptSchema } from './prompt.js';
import { reportSchema } from './report.js';

/**
 * The JSON Schemas that editors and other tools are given, by file name: those the files are checked against, completed with what
 * each type of assertion and provider takes.
 */
export function editorSchemas(
  assertions: ReadonlyMap<string, AssertionDefinition>,
  providers: ReadonlyMap<string, ProviderDefinition>,
): Record<string, JsonObject> {
  const replaced = new Map<unknown, JsonObject>([
    [modelName, { ...plain(modelName), pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*:.+$' }],
    [assertionSchema, { $ref: '#/$defs/assertion' }],
    [parameters, { ...plain(parameters), additionalProperties: { type: 'object' } }],
    [configSchema.properties.providers.additionalProperties, { $ref: '#/$defs/provider' }],
  ]);
  const cases = { ...plain(casesSchema, replaced), $defs: { assertion: assertionOf(assertions) } };
  const config = { ...plain(configSchema, replaced), $defs: { provider: providerOf(providers) } };
  return {
    'prompt.schema.json': plain(promptSchema, replaced),
    'cases.schema.json': cases,
    'config.schema.json': config,
    'baseline.schema.json': plain(baselineSchema),
    'report.schema.json': plain(reportSchema),
  };
}

/** A copy as plain JSON, with some parts replaced by others. */
function plain(schema: object, replaced: ReadonlyMap<unknown, JsonObject> = new Map()): JsonObject {
  const copy = (value: unknown): Json => {
    const other = replaced.get(value);
    if (other) return other;
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value === 'object' && value !== null) return plain(value, replaced);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, copy(value)]));
}

function assertionOf(definitions: ReadonlyMap<string, AssertionDefinition>): JsonObject {
  const base = plain(assertionSchema);
  const all = [...definitions.values()];
  const described = all.flatMap(({ type, aliases = [], summary }) =>
    [type, ...aliases].map((name) => ({ const: name, description: summary })),
  );
  const negated = described.map(({ const: name }) => `not-${name}`);
  const type = { anyOf: [...described, { enum: negated, description: 'The opposite of the type behind "not-".' }] };
  return {
    ...base,
    properties: { ...(base.properties as JsonObject), type },
    allOf: all.map((definition) => conditionOf(definition)),
  };
}

/** What one type takes: no value, options or threshold where it has none. */
function conditionOf({ type, aliases = [], value, needs, options, threshold }: AssertionDefinition): JsonObject {
  const names = [type, ...aliases].flatMap((name) => [name, `not-${name}`]);
  const limits: JsonObject | boolean = threshold
    ? {
        type: 'number',
        minimum: threshold.minimum,
        ...(threshold.maximum !== undefined && { maximum: threshold.maximum }),
        ...(threshold.default !== undefined && { default: threshold.default }),
      }
    : false;
  const required = [...(needs === 'required' ? ['value'] : []), ...(threshold?.required ? ['threshold'] : [])];
  return {
    if: { properties: { type: { enum: names } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: {
      properties: { value: needs === 'none' ? false : value, options: options ?? false, threshold: limits },
      ...(required.length > 0 && { required }),
    },
  };
}

function providerOf(definitions: ReadonlyMap<string, ProviderDefinition>): JsonObject {
  const base = plain(configSchema.properties.providers.additionalProperties);
  const own = base.properties as JsonObject;
  return {
    ...base,
    properties: { ...own, type: { enum: [...definitions.keys()], description: 'The kind of provider.' } },
    allOf: [...definitions.values()].map(({ type, settings }) => ({
      if: { properties: { type: { const: type } } },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: {
        ...settings,
        properties: { type: true, concurrency: true, ...(settings.properties as JsonObject | undefined) },
      },
    })),
  };
}
