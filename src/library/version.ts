import { contentHash } from '../hash.js';
import type { JsonObject, Parameters, Prompt, TemplatePart, Tool } from '../vocabulary.js';
import { type Canonical, canonicalMessages } from './canonical.js';

/** What a version is made of: all that a model can see, and nothing else. */
export interface Visible {
  template: readonly TemplatePart[];
  parameters: Parameters;
  output?: JsonObject;
  structured: Prompt['structured'];
  tools: readonly Tool[];
}

/**
 * A prompt's version: 12 hex digits over what the model can see. Two prompts with one version send the same messages for the
 * same variables. Owner, comments, the order of keys, line ends, the spelling of tags and the file a text comes from do not
 * change it; neither does white space that trimming takes off, nor `stream`, which changes the transport only.
 */
export function promptVersion({ template, ...visible }: Visible): string {
  return canonicalVersion({ ...visible, messages: canonicalMessages(template) });
}

/** The version of a prompt whose template is canonical already, as in a lock file. */
export function canonicalVersion(visible: Omit<Visible, 'template'> & { messages: readonly Canonical[] }): string {
  const { stream: _, ...parameters } = visible.parameters;
  return contentHash({
    messages: visible.messages,
    parameters,
    output: visible.structured === 'off' ? undefined : visible.output,
    tools: visible.tools,
  });
}
