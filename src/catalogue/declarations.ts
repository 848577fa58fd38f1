import { roleOf } from '../library/template-messages.js';
import type { Prompt, TemplatePart } from '../vocabulary.js';
import { propertyName, schemaType } from './schema-type.js';

const HEAD = `/* eslint-disable */
// Written by \`assay types\`. Do not edit: change the prompts, and run it again.
// Makes it a module, which adds to another one instead of replacing it.
export {};

declare module 'promptassay/prompts' {
  interface Prompts {
`;

/**
 * The declaration file of a library: with it, a prompt that does not exist and a variable that is missing, misspelt or of another
 * type are compile errors. Sorted by id.
 */
export function declarations(prompts: readonly Prompt[]): string {
  const sorted = prompts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const entries = sorted.map(
    (prompt) =>
      `    ${propertyName(prompt.id)}: {\n      vars: ${varsType(prompt)};\n      output: ${prompt.output ? schemaType(prompt.output) : 'string'};\n    };\n`,
  );
  return `${HEAD}${entries.join('')}  }\n}\n`;
}

/** Without `input`, a prompt needs whatever its tags print, of any type. */
function varsType({ input, template }: Prompt): string {
  if (input) return schemaType({ type: 'object', ...input });
  const names = neededNames(template);
  if (names.length === 0) return 'Record<string, never>';
  return `{ ${names.map(([name, always]) => `${propertyName(name)}${always ? '' : '?'}: unknown`).join('; ')} }`;
}

/** The names that a template reads, sorted, and whether it always does: within sections they may belong to what is opened. */
export function neededNames(template: readonly TemplatePart[]): [string, boolean][] {
  const names = new Map<string, boolean>();
  const walk = (parts: readonly TemplatePart[], always: boolean): void => {
    for (const part of parts) {
      if (part.kind === 'text') continue;
      const isMessage = part.kind === 'section' && roleOf(part.name) !== undefined;
      const [root = part.name] = part.name.split('.', 1);
      if (!isMessage && part.name !== '.') names.set(root, always || names.get(root) === true);
      if (part.kind !== 'name') walk(part.parts, always && isMessage);
    }
  };
  walk(template, true);
  return [...names].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
