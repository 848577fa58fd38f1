import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { assertionTypes } from '../../src/assertions/map.js';
import { canInterpret } from '../../src/schema-walk.js';
import { providerTypes } from '../../src/providers/map.js';
import { baselineSchema } from '../../src/schemas/baseline.js';
import { caseSchema, casesSchema } from '../../src/schemas/cases.js';
import { configSchema } from '../../src/schemas/config.js';
import { editorSchemas } from '../../src/schemas/editor.js';
import { schema07, schema2020 } from '../../src/schemas/json-schema.js';
import { promptSchema } from '../../src/schemas/prompt.js';
import { reportSchema } from '../../src/schemas/report.js';

const own = { baselineSchema, caseSchema, casesSchema, configSchema, promptSchema, reportSchema, schema07, schema2020 };
const editor = editorSchemas(assertionTypes, providerTypes);

function strict(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
  addFormats.default(ajv);
  return ajv;
}

describe('the schemas of our files', () => {
  test.each(Object.entries(own))('%s is valid JSON Schema, and needs no compiling', (_name, schema) => {
    expect(() => strict().compile(schema)).not.toThrow();
    expect(canInterpret(schema)).toBe(true);
  });

  test('every key of a file tells an editor what it is for', () => {
    for (const { properties } of [configSchema, promptSchema, caseSchema, casesSchema]) {
      const bare = Object.entries(properties).filter(([, schema]) => !('description' in schema));
      expect(bare.map(([key]) => key)).toEqual([]);
    }
  });
});

describe('the schemas for editors', () => {
  test.each(Object.entries(editor))('%s is valid JSON Schema', (_name, schema) => {
    expect(() => strict().compile(schema)).not.toThrow();
  });

  test('know what each type of assertion takes', () => {
    const valid = strict().compile(editor['cases.schema.json'] ?? false);
    const asserts = (...assert: object[]): boolean => valid({ cases: [{ vars: {}, assert }] });
    expect(asserts({ type: 'contains', value: 'x' }, { type: 'not-contains', value: 'x' })).toBe(true);
    expect(asserts({ type: 'llm-rubric', value: 'kind', threshold: 0.5 })).toBe(true);
    expect(asserts({ type: 'contanis', value: 'x' })).toBe(false);
    expect(asserts({ type: 'judge' })).toBe(false);
    expect(asserts({ type: 'latency', value: 3, threshold: 100 })).toBe(false);
  });

  test('know what each type of provider takes', () => {
    const valid = strict().compile(editor['config.schema.json'] ?? false);
    expect(valid({ providers: { local: { type: 'openai', baseURL: 'http://127.0.0.1', concurrency: 3 } } })).toBe(true);
    expect(valid({ providers: { local: { type: 'openai', baseUrl: 'http://127.0.0.1' } } })).toBe(false);
    expect(valid({ providers: { local: { type: 'opnai' } } })).toBe(false);
  });
});
