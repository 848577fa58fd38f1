import { type Canonical, canonicalMessages } from '../library/canonical.js';
import type { TemplatePart } from '../vocabulary.js';

/** A template as the model sees it, as text: partials in place, no comments, one heading per message. */
export function templateText(template: readonly TemplatePart[]): string {
  return `${blocks(canonicalMessages(template), '').join('\n').trimEnd()}\n`;
}

/** Messages, and the sections around them. */
function blocks(parts: readonly Canonical[], indent: string): string[] {
  return parts.flatMap((part) => {
    if (typeof part === 'string' || 'v' in part) return [indent + inline(part)];
    if ('m' in part)
      return [
        `${indent}[${part.m}]`,
        ...part.p
          .map(inline)
          .join('')
          .split('\n')
          .map((line) => indent + line),
        '',
      ];
    const [sign, name] = 's' in part ? ['#', part.s] : ['^', part.i];
    return [`${indent}{{${sign}${name}}}`, ...blocks(part.p, `${indent}  `), `${indent}{{/${name}}}`, ''];
  });
}

function inline(part: Canonical): string {
  if (typeof part === 'string') return part;
  if ('v' in part) return `{{${part.v}}}`;
  const inner = part.p.map(inline).join('');
  if ('m' in part) return inner;
  return 's' in part ? `{{#${part.s}}}${inner}{{/${part.s}}}` : `{{^${part.i}}}${inner}{{/${part.i}}}`;
}
