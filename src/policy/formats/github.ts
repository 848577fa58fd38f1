import { posix } from 'node:path';
import { forTerminal } from '../../trust/escape.js';
import type { Finding } from '../apply.js';

/**
 * Workflow commands, which GitHub Actions shows beside the lines they name. What could end a command, or a property of it, is
 * escaped as actions/toolkit does it (packages/core/src/command.ts).
 * @param prefix from the top of the repository to the project root
 */
export function asGithub(findings: readonly Finding[], prefix: string): string {
  return findings.map((finding) => `${commandOf(finding, prefix)}\n`).join('');
}

function commandOf({ code, level, message, remedy, place }: Finding, prefix: string): string {
  const at = place ? { file: posix.join(prefix, place.file), line: `${place.line}`, col: `${place.column}` } : {};
  const properties = Object.entries({ ...at, title: code }).map(([name, value]) => `${name}=${property(value)}`);
  return `::${level === 'warn' ? 'warning' : 'error'} ${properties.join(',')}::${data(forTerminal(`${message}\n${remedy}`))}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
