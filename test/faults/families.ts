import { CANARY } from '../support/canary.js';
import { chatAnswer, messagesAnswer } from '../support/replies.js';

/** The two languages in which models are asked over the official SDKs. */
export type Family = 'openai' | 'anthropic';
export const FAMILIES: readonly Family[] = ['openai', 'anthropic'];

/** What a family is called by and asked with. */
interface Names {
  model: string;
  /** A dated name, as a judge must have. */
  judge: string;
  /** Another model of the same provider, fit to be a judge. */
  other: string;
  keyVariable: string;
  /** Must be seen nowhere but in the header it belongs to. */
  key: string;
  urlVariable: string;
  urlPath: string;
}

export const NAMES: Readonly<Record<Family, Names>> = {
  openai: {
    model: 'openai:gpt-4o-mini',
    judge: 'openai:gpt-4o-mini-2024-07-18',
    other: 'openai:gpt-4.1-nano-2025-04-14',
    keyVariable: 'OPENAI_API_KEY',
    key: `openai_${CANARY}`,
    urlVariable: 'OPENAI_BASE_URL',
    urlPath: '/v1',
  },
  anthropic: {
    model: 'anthropic:claude-haiku-4-5',
    judge: 'anthropic:claude-haiku-4-5-20251001',
    other: 'anthropic:claude-sonnet-4-5-20250929',
    keyVariable: 'ANTHROPIC_API_KEY',
    key: `anthropic_${CANARY}`,
    urlVariable: 'ANTHROPIC_BASE_URL',
    urlPath: '',
  },
};

/** A right answer of a family, with other members in place of its own. */
export function rightAnswer(family: Family, text: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return family === 'openai' ? chatAnswer(text, more) : messagesAnswer(text, more);
}
