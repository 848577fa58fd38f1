// Writes the JSON Schemas that ship with the package, from the built code: run after tsc.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { assertionTypes } from '../dist/assertions/map.js';
import { providerTypes } from '../dist/providers/map.js';
import { editorSchemas } from '../dist/schemas/editor.js';

const folder = new URL('../schemas/', import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [file, schema] of Object.entries(editorSchemas(assertionTypes, providerTypes))) {
  writeFileSync(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`);
}
