import { contentHash } from '../hash.js';
import type { TemplatePart } from '../vocabulary.js';
import { canonicalMessages } from './canonical.js';
import { type CanonicalPrompt, versionContent } from './version-content.js';

/** What a version is made of: all that a model can see, and nothing else. */
export interface Visible extends Omit<CanonicalPrompt, 'messages'> {
  template: readonly TemplatePart[];
}

/**
 * A prompt's version: 12 hex digits over what the model can see. Two prompts with one version send the same messages for the
 * same variables. Owner, comments, the order of keys, line ends, the spelling of tags and the file a text comes from do not
 * change it; neither does white space that trimming takes off, nor `stream`, which changes the transport only.
 */
export function promptVersion({ template, ...visible }: Visible): string {
  return contentHash(versionContent({ ...visible, messages: canonicalMessages(template) }));
}
