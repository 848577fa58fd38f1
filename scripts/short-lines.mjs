import { parseAst } from 'rolldown/parseAst';

/**
 * Begins a line with each statement and each member of a class in minified code: of an error that nobody catches Node prints the
 * whole line that threw it. Code with all its white space has short lines, too, but is half as large again.
 */
export function shortLines(code) {
  const starts = new Set();
  const walk = (node) => {
    if (node === null || typeof node !== 'object') return;
    const { body, consequent } = node;
    for (const list of [body, consequent]) if (Array.isArray(list)) for (const { start } of list) starts.add(start);
    for (const member of Object.values(node)) walk(member);
  };
  walk(parseAst(code));
  let text = '';
  let end = 0;
  for (const start of [...starts].toSorted((a, b) => a - b)) {
    text += `${code.slice(end, start)}${start === 0 || code[start - 1] === '\n' ? '' : '\n'}`;
    end = start;
  }
  return text + code.slice(end);
}
