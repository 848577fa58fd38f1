import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders and files that take a minute or more, the longest first. */
const LONG = [
  'test/faults/provider',
  'test/faults/',
  'test/trust/',
  'test/journal/no-loss',
  'test/cli/',
  'test/docs/',
  'test/catalogue/',
];

/** Begins with the files that take longest, so that at the end no worker waits for another. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((part) => moduleId.replaceAll('\\', '/').includes(part));
      return found < 0 ? LONG.length : found;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own, no array's
    const usual = await super.sort(files);
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}
