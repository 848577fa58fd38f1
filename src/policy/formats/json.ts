import { forJson } from '../../trust/escape.js';
import type { Finding } from '../apply.js';

/** `{ problems: [{ code, level, file, line, column, message, remedy }] }`; without a place its three parts are null. */
export function asJson(findings: readonly Finding[]): string {
  const problems = findings.map(({ code, level, place, message, remedy }) => ({
    code,
    level,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    message,
    remedy,
  }));
  return `${forJson(JSON.stringify({ problems }, null, 2))}\n`;
}
