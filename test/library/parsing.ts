import { type ParsedTemplate, parseTemplate } from '../../src/library/template.js';

/** Parses a template whose partials are given by name; the partial `tone` stands in the file `tone.md`. */
export function parse(text: string, partials: Record<string, string> = {}, lineOffset = 0): ParsedTemplate {
  return parseTemplate(text, { file: 'a.prompt.md', lineOffset }, (name) => {
    const found = Object.hasOwn(partials, name) ? partials[name] : undefined;
    return found === undefined ? undefined : { file: `${name}.md`, text: found };
  });
}
