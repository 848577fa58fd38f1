import type { Place, Problem } from '../vocabulary.js';

/** Mistakes in templates that may show only when they are rendered. Apart from the others, which no browser needs. */
export const renderingProblems = {
  'no-message': (place?: Place): Problem => ({
    code: 'no-message',
    message: 'no message is left to send: every section that holds one is empty for these variables',
    remedy: 'Put at least one {{#user}} message outside of lists and conditions, or give the variables.',
    place,
  }),
  'template-too-large': (what: string, place?: Place): Problem => ({
    code: 'template-too-large',
    message: `the template is too large: ${what}`,
    remedy: 'Put long texts into variables; nest fewer sections and partials.',
    place,
  }),
  'text-beside-messages': (text: string, place?: Place): Problem => ({
    code: 'text-beside-messages',
    message: `"${text}" stands beside the messages, where no model would see it`,
    remedy: 'Move it into {{#system}}, {{#user}} or {{#assistant}}, or make it a comment.',
    place,
  }),
} as const;
