import type { TestSuite } from 'junit-report-builder';
import { contentHash } from '../hash.js';
import { forXml } from '../trust/escape.js';
import type { Outcome } from './junit-outcome.js';
import { MESSAGE } from './junit-room.js';
import { capped } from './words.js';

/** Longer names are cut; a hash keeps them apart. */
const NAME = 400;

/** A name as XML can hold it: one line, never empty, not too long. */
export function nameFor(text: string): string {
  const name = forXml(text).replace(/\s+/g, ' ').trim();
  if (name === '') return `unnamed ${contentHash(text)}`;
  return Buffer.byteLength(name) <= NAME ? name : `${capped(name, NAME)} ${contentHash(text)}`;
}

/** Adds a testcase to a suite. Terminal sequences and what XML cannot hold are dropped; the builder escapes markup. */
export function put(
  suite: TestSuite,
  { classname, name, outcome }: { classname: string; name: string; outcome: Outcome },
): void {
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
export function withoutRootSkipped(xml: string): string {
  return xml.replace(/^(<\?xml[^>]*\?>\s*<testsuites\b[^>]*?) skipped="\d+"/, '$1');
}
