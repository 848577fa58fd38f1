import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PACKAGE } from './project.js';

/** OpenAI's published description of its API; it belongs to OpenAI and is not part of this project. */
const SPEC = process.env.OPENAI_SPEC ?? join(PACKAGE, '../shared/specs/openai-openapi.json.gz');

/** Whether the description is there to test against. */
export const hasOpenaiSpec = existsSync(SPEC);

const SCHEMAS = {
  chat: 'CreateChatCompletionRequest',
  responses: 'CreateResponse',
  embeddings: 'CreateEmbeddingRequest',
  chatAnswer: 'CreateChatCompletionResponse',
  responsesAnswer: 'Response',
} as const;

const compiled = new Map<keyof typeof SCHEMAS, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/** `nullable` is OpenAPI 3.0; the document says 3.1, where it means nothing and ajv refuses it. */
function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key, each]) => key !== 'nullable' || typeof each !== 'boolean');
  return Object.fromEntries(members.map(([key, each]) => [key, withoutNullable(each)]));
}

function loaded(): Ajv2020 {
  if (ajv) return ajv;
  const spec: { components: object } = JSON.parse(gunzipSync(readFileSync(SPEC)).toString());
  ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  ajv.addSchema({ $id: 'openai', components: withoutNullable(spec.components) });
  return ajv;
}

/** What the description finds wrong with a value. It must be there. */
export function specErrors(kind: keyof typeof SCHEMAS, value: unknown): string[] {
  const validate = compiled.get(kind) ?? loaded().compile({ $ref: `openai#/components/schemas/${SCHEMAS[kind]}` });
  compiled.set(kind, validate);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const PATHS: Readonly<Record<string, keyof typeof SCHEMAS>> = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
  '/v1/embeddings': 'embeddings',
};

/** What is wrong with a request as a server got it; nothing where the description is not there. */
export function openaiFaults(path: string, json: unknown): string[] {
  if (!hasOpenaiSpec) return [];
  const kind = PATHS[path];
  return kind ? specErrors(kind, json) : [`no such path: ${path}`];
}
