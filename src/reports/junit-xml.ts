import type { Builder, TestSuite } from 'junit-report-builder';
import { contentHash } from '../hash.js';
import { forXml } from '../trust/escape.js';
import type { Placed, Suite } from './junit-outcome.js';
import { MESSAGE } from './junit-room.js';
import { capped } from './words.js';

/** Longer names are cut; a hash keeps them apart. */
const NAME = 400;

/** Printable ASCII with single blanks within: it stays as it is. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** A name as XML can hold it: one line, never empty, not too long. */
export function nameFor(text: string): string {
  if (text.length <= NAME && PLAIN.test(text)) return text;
  const name = forXml(text).replace(/\s+/g, ' ').trim();
  if (name === '') return `unnamed ${contentHash(text)}`;
  return Buffer.byteLength(name) <= NAME ? name : `${capped(name, NAME)} ${contentHash(text)}`;
}

export type { Builder } from 'junit-report-builder';

/** The package's types speak of a default export within the default export; its CommonJS has just one. Either will do. */
export async function newBuilder(): Promise<Builder> {
  const { default: exported } = await import('junit-report-builder');
  return (isBuilder(exported) ? exported : exported.default).newBuilder();
}

function isBuilder(value: unknown): value is Builder {
  return typeof value === 'object' && value !== null && 'newBuilder' in value;
}

const SUITE_END = '\n  </testsuite>';

/**
 * The report without its testcases, in pieces: those of suite i belong behind piece i. Every suite has properties, so that none is
 * an empty element, and within them no `<` stands unescaped.
 */
export function shell(builder: Builder, suites: readonly Suite[]): string[] {
  const report = builder.newBuilder().name('promptassay');
  for (const { name, properties, seconds, counts } of suites) {
    const suite = report.testSuite().name(name);
    for (const [key, value] of properties) suite.property(key, value);
    if (seconds !== undefined) suite.time(seconds);
    suite.getTestCaseCount = () => counts.passed + counts.skipped + counts.failure + counts.error;
    suite.getSkippedCount = () => counts.skipped;
    suite.getFailureCount = () => counts.failure;
    suite.getErrorCount = () => counts.error;
  }
  const pieces = withoutRootSkipped(report.build()).split(SUITE_END);
  return pieces.map((piece, index) => (index === 0 ? piece : SUITE_END + piece));
}

/** The testcases of a report with one suite, as they stand in it. */
export function testCases(report: Builder): string {
  const xml = report.build();
  return xml.slice(xml.indexOf('\n    <testcase'), xml.lastIndexOf(SUITE_END));
}

/** Adds a testcase to a suite. Terminal sequences and what XML cannot hold are dropped; the builder escapes markup. */
export function put(suite: TestSuite, { classname, name, outcome }: Placed): void {
  const testCase = suite.testCase().className(classname).name(name);
  // Three decimals at most: the schema knows no more, and no exponents.
  if (outcome.milliseconds !== undefined) testCase.time(Math.round(outcome.milliseconds) / 1000);
  if (outcome.kind === 'passed') return;
  const { kind } = outcome;
  const attributes = {
    message: capped(forXml(outcome.message), MESSAGE),
    ...(kind !== 'skipped' && { type: outcome.type }),
  };
  const body = kind === 'skipped' ? '' : capped(forXml(outcome.body ?? ''), MESSAGE);
  // The builder's own ways will not do: its `skipped` takes no message, and it puts texts into a CDATA section in which it splits
  // only the first `]]>`, so that a model could end the section with the second.
  const build = testCase.build.bind(testCase);
  testCase.build = (parent) => {
    const element = build(parent);
    const child = element.ele(kind, attributes);
    if (body !== '') child.txt(body);
    return element;
  };
  if (kind === 'skipped') testCase.getSkippedCount = () => 1;
  else if (kind === 'failure') testCase.getFailureCount = () => 1;
  else testCase.getErrorCount = () => 1;
}

/** Takes the attribute `skipped` off the root, where the builder always writes it and Jenkins' schema never allows it. */
function withoutRootSkipped(xml: string): string {
  return xml.replace(/^(<\?xml[^>]*\?>\s*<testsuites\b[^>]*?) skipped="\d+"/, '$1');
}
