import type { Place, Problem } from '../vocabulary.js';

/** Mistakes in files as such: what no reader of them can take. */
export const fileProblems = {
  'bad-csv': (message: string, place?: Place): Problem => ({
    code: 'bad-csv',
    message: `this is not a table in CSV: ${message}`,
    remedy: 'Write a header line and rows of as many cells, divided by commas; quote cells that hold commas or quotes.',
    place,
  }),
  'bad-front-matter': (line: string, place?: Place): Problem => ({
    code: 'bad-front-matter',
    message: `front matter begins with a line of three dashes, not with ${JSON.stringify(line.slice(0, 40))}`,
    remedy: 'Write --- alone on the first line and YAML below it. Nothing in a prompt file is ever run.',
    place,
  }),
  'bad-json': (message: string, place?: Place): Problem => ({
    code: 'bad-json',
    message: `this is not JSON: ${message}`,
    remedy: 'Correct it; JSON has no comments, no trailing commas and only double quotes.',
    place,
  }),
  'bad-yaml': (message: string, place?: Place): Problem => ({
    code: 'bad-yaml',
    message: `this YAML cannot be used: ${message}`,
    remedy: 'Correct it; quote text that holds ": ", " #" or begins with a special character, and indent with spaces.',
    place,
  }),
  /** @param stays it has its place in the project, whatever `--out` says */
  'cannot-write': (path: string, why: string, stays = false): Problem => ({
    code: 'cannot-write',
    message: `cannot write ${path}: ${why}`,
    remedy: `Mend that${stays ? '' : ', or write somewhere else with --out <folder>'}; then go on with --resume.`,
  }),
  'costly-glob': (pattern: string, why: string): Problem => ({
    code: 'costly-glob',
    message: `the pattern "${pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern}" could take for ever: it has ${why}`,
    remedy: 'Write a simpler pattern, or several.',
  }),
  'duplicate-key': (key: string, place?: Place): Problem => ({
    code: 'duplicate-key',
    message: `the key "${key}" is given twice`,
    remedy: 'Remove one of them.',
    place,
  }),
  'inexact-number': (place?: Place): Problem => ({
    code: 'inexact-number',
    message: 'this number is too long to be read exactly',
    remedy:
      'Put it in quotes, as text; in an answer, where it stands without, look for it with contains or regex and no path.',
    place,
  }),
  'line-too-long': (path: string, limit: number, place?: Place): Problem => ({
    code: 'line-too-long',
    message: `a line of ${path} has more than ${limit} characters`,
    remedy: 'Data sets are read line by line: write one row per line.',
    place,
  }),
  locked: (path: string): Problem => ({
    code: 'locked',
    message: `another run is writing here: ${path} is there`,
    remedy: 'Wait until it ends. If no run is going on, delete that file.',
  }),
  'no-fast-glob': (patterns: readonly string[]): Problem => ({
    code: 'no-fast-glob',
    message: `files cannot be matched with ${patterns.map((each) => JSON.stringify(each)).join(', ')} here: the application was bundled, and fast-glob is not beside it`,
    remedy:
      'Use only *, ** and {a,b} in patterns, leave promptassay out of the bundle, or write a lock file with `assay build` and hand it over.',
  }),
  'bad-root': (folder: string, code: string): Problem => ({
    code: 'bad-root',
    message: `the project's folder ${folder} cannot be read (${code})`,
    remedy: 'Correct it, or take a lock file, with which no files are read: loadPrompt(id, { lock }).',
  }),
  'no-such-file': (path: string, place?: Place): Problem => ({
    code: 'no-such-file',
    message: `there is no file ${path}`,
    remedy: 'Correct the path, or add the file.',
    place,
  }),
  'not-a-plain-file': (path: string): Problem => ({
    code: 'not-a-plain-file',
    message: `${path} is not written: it is a link, a folder or a device`,
    remedy: 'Remove it, or write somewhere else with --out <folder>.',
  }),
  'not-utf8': (path: string, found: string, place?: Place): Problem => ({
    code: 'not-utf8',
    message: `${path} is not UTF-8: ${found}`,
    remedy: 'Save it as UTF-8.',
    place,
  }),
  'outside-root': (path: string, why: string, place?: Place): Problem => ({
    code: 'outside-root',
    message: `${JSON.stringify(path)} is refused: ${why}`,
    remedy: 'Paths stay inside the git repository (without one, inside the project), also after links are resolved.',
    place,
  }),
  'too-deep': (limit: number, place?: Place): Problem => ({
    code: 'too-deep',
    message: `values are nested more than ${limit} deep`,
    remedy: 'Flatten it, or put it as text into a variable.',
    place,
  }),
  'too-large': (limit: number, place?: Place): Problem => ({
    code: 'too-large',
    message: `the file has more than ${limit} characters`,
    remedy: 'Put large sets of cases into a .jsonl or .csv file, which are read row by row.',
    place,
  }),
  'too-many-aliases': (place?: Place): Problem => ({
    code: 'too-many-aliases',
    message: 'the aliases in this file unfold to too many values',
    remedy: 'Write the values out, or use "defaults".',
    place,
  }),
  'too-many-problems': (count: number, place?: Place): Problem => ({
    code: 'too-many-problems',
    message: `${count} more problems in this file are not listed`,
    remedy: 'Mend the first ones and look again.',
    place,
  }),
  'unclosed-front-matter': (place?: Place): Problem => ({
    code: 'unclosed-front-matter',
    message: 'the front matter is not closed: no second line --- follows',
    remedy: 'Add a line --- below the last key.',
    place,
  }),
  'unknown-data-format': (path: string, place?: Place): Problem => ({
    code: 'unknown-data-format',
    message: `${path} is no data file that can be read`,
    remedy: 'Use .csv, .jsonl, .json or .yaml.',
    place,
  }),
  'unreadable-file': (path: string, why: string, place?: Place): Problem => ({
    code: 'unreadable-file',
    message: `${path} cannot be read: ${why}`,
    remedy: 'Make it a readable file, or correct the path.',
    place,
  }),
} as const;
