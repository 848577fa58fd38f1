import { problems as make } from '../errors.js';
import { casesSchema, type WrittenCases } from '../schemas/cases.js';
import type { Place } from '../vocabulary.js';
import type { Report } from './findings.js';
import { resolveFrom } from './load.js';
import { loadSource } from './load-source.js';
import { type Source, within } from './source.js';
import { isObject } from '../objects.js';
import type { Tree } from './tree.js';
import { faultsOf, reportFaults } from './validate.js';

/** A cases file in YAML or JSON, checked against its schema. */
export interface CaseFile {
  path: string;
  defaults: { written: NonNullable<WrittenCases['defaults']>; source: Source };
  /** Data files named by `from`, relative to the project root. */
  from: { path: string; place: Place }[];
  /** The cases that fit the schema. */
  cases: Source[];
  /** Those that do not. */
  wrong: Source[];
  /** How many cases were written, the wrong ones included. */
  count: number;
  /** Its defaults or `from` are wrong: what its cases lack cannot be told. */
  broken: boolean;
}

/** Reads a cases file in YAML or JSON; a list at its top is a list of cases. */
export function readCaseFile(tree: Tree, path: string, report: Report): CaseFile {
  const nothing: Source = { file: path, value: {}, place: () => ({ file: path, line: 1, column: 1 }) };
  const loaded = loadSource(tree, path, report);
  const source = loaded && asObject(loaded, nothing);
  const written = source?.value;
  if (!source || !isObject(written)) {
    if (source) reportFaults(faultsOf(casesSchema, source.value, 'the file'), source, [], report);
    return { path, defaults: { written: {}, source: nothing }, from: [], cases: [], wrong: [], count: 1, broken: true };
  }
  const faults = faultsOf(casesSchema, written, 'the file');
  reportFaults(faults, source, [], report);
  const wrong = new Set(faults.map(({ path: at }) => (at[0] === 'cases' && typeof at[1] === 'number' ? at[1] : -1)));
  const broken = faults.some(({ path: at }) => ['defaults', 'from'].includes(String(at[0])));
  const list = Array.isArray(written.cases) ? written.cases : [];
  const caseAt = (index: number) => within(source, ['cases', index], list[index] ?? null);
  // What has no fault below it has the schema's type.
  const { defaults = {}, from = [] } = (broken ? {} : written) as WrittenCases;
  return {
    path,
    defaults: { written: defaults, source: within(source, ['defaults'], {}) },
    from: resolveAll(from, source, report),
    cases: list.flatMap((_, index) => (wrong.has(index) ? [] : [caseAt(index)])),
    wrong: [...wrong].filter((index) => index >= 0).map(caseAt),
    count: list.length,
    broken,
  };
}

function asObject(source: Source, nothing: Source): Source {
  if (source.value === null) return nothing;
  if (!Array.isArray(source.value)) return source;
  const place: Source['place'] = (path, of) => source.place(path[0] === 'cases' ? path.slice(1) : path, of);
  return { file: source.file, value: { cases: source.value }, place };
}

function resolveAll(from: string | readonly string[], source: Source, report: Report): CaseFile['from'] {
  const list = typeof from === 'string' ? [from] : from;
  return list.flatMap((name, index) => {
    const place = source.place(typeof from === 'string' ? ['from'] : ['from', index]);
    const path = resolveFrom(source.file, name, place, report);
    if (path === undefined) return [];
    if (!/\.(?:csv|jsonl|json|yaml)$/.test(path)) {
      report(make['unknown-data-format'](name, place));
      return [];
    }
    return [{ path, place }];
  });
}
