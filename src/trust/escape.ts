/**
 * Escapes for text that a model wrote, one for each place it is shown in. Model output is hostile data: it may hold terminal
 * sequences, commands to a CI system, markup, or a spreadsheet's formula.
 */

/** Control characters (C0, DEL, C1) but line feed and tab. */
const CONTROLS = /[^\P{Cc}\n\t]/gu;
/** Characters that reorder what is around them. Marks of direction, which real right-to-left text needs, are not among them. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g;
/** Characters that are not in XML 1.0's Char; a lone surrogate is a code point of its own under the flag `u`. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const ESC = String.raw`\u001b`;
/** Whole terminal sequences (ECMA-48): CSI with its parameters; OSC, DCS, APC, PM and SOS with the text up to their end. */
const SEQUENCES = new RegExp(
  String.raw`(?:${ESC}\[|\u009b)[0-?]*[ -/]*[@-~]|(?:${ESC}[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|${ESC}\\|\u009c)`,
  'g',
);

/**
 * For a terminal and the log of a CI system: no control characters but `\n` and `\t`, and nothing that GitHub Actions, Azure
 * Pipelines or TeamCity takes for a command. GitHub looks for `::` behind leading blanks, and for `##[` anywhere in a line.
 */
export function forTerminal(text: string): string {
  return withoutSequences(text)
    .replace(CONTROLS, '')
    .replace(REORDERING, '')
    .replace(/^([^\S\n]*:)(?=:)/gm, '$1 ')
    .replace(/##(?=(?:vso|teamcity)?\[)/gi, '## ');
}

/** Of JSON, what `JSON.stringify` leaves as it is and a terminal or a CI system would obey. */
const LOUD_IN_JSON = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]|##(?=(?:vso|teamcity)?\[)/gi;

/** For JSON on a terminal or in the log of a CI system: the same values, with what they would obey written as `\u…`. */
export function forJson(json: string): string {
  // Of `##`, the second: looking behind each `#` would take ten times as long.
  return json.replace(LOUD_IN_JSON, (each) => each.slice(0, -1) + unicodeEscape(each.charCodeAt(each.length - 1)));
}

function unicodeEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/** For a writer of XML 1.0 that escapes markup itself: drops terminal sequences and every character that XML cannot hold. */
export function forXml(text: string): string {
  return withoutSequences(text).replace(NOT_XML, '');
}

/** For HTML, as text or within a quoted attribute. */
export function forHtml(text: string): string {
  return forXml(text).replace(/[&<>"'`=]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Where GitHub would make links: `@name`, `#1`, `GH-1`, `https://…` and `www.…`, each up to where it is to be broken. */
const REFERENCES = /[@#](?=\w)|GH-(?=\d)|:(?=\/\/)|www(?=\.)/gi;

/**
 * For one line of GitHub's Markdown, also in a table: no markup, no HTML, no link, no mention and no reference to an issue. GitHub
 * looks for bare addresses and those two in the finished page, where a backslash is gone: only a zero-width space keeps them apart.
 * The hash of a commit stays whole, so that it can be copied: GitHub links it only where the repository has that commit.
 */
export function forMarkdown(text: string): string {
  return forXml(text)
    .replace(/\s*[\r\n\u0085\u2028\u2029]\s*/g, ' ')
    .replace(CONTROLS, '')
    .replace(/[\\`*_[\]!|~$#]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(REFERENCES, '$&\u200b');
}

/**
 * For one field of a CSV file. A text that a spreadsheet would take for a formula, also behind characters that cannot be seen,
 * gets a `'` before it (CWE-1236); finite numbers stay numbers.
 */
export function forCsv(value: string | number): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const text = String(value);
  const safe = isFormula(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isFormula(text: string): boolean {
  return /^[\t\r\n]|^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(text);
}

function withoutSequences(text: string): string {
  return text.replace(SEQUENCES, '');
}
