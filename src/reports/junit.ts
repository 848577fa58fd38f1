import { evalCases, evalSuite, gateCases, gateSuite } from './junit-suite.js';
import { Room } from './junit-room.js';
import type { Placed } from './junit-outcome.js';
import { type Builder, newBuilder, put, shell, testCases } from './junit-xml.js';
import type { Report, ReportInput } from './report.js';

/** So many testcases are built at a time: a large run's are never in memory together. */
const BATCH = 250;

/**
 * `junit.xml`, for CI systems: a testsuite per eval with a testcase per case, and the testsuite `gate` with one per check. Valid
 * against junit-10.xsd of Jenkins' xUnit plugin (not against the Ant task's schema), whatever the model wrote. It agrees with the
 * verdict: a failure or an error stands where a check of level error is failed or unverified, and nowhere else.
 *
 * A suite's counts stand before its testcases, so that the cases are gone through twice: for the counts, then for the text.
 */
export const junit: Report = {
  file: 'junit.xml',
  async *render(input) {
    const builder = await newBuilder();
    const gate = gateCases(input.verdict);
    const counting = roomWith(gate, input);
    const suites = input.comparison.evals.map((each) => evalSuite(input, each, counting.room));
    const parts = shell(builder, [...suites, gateSuite(input.verdict, counting.kept, gate.length)]);
    const { room, kept } = roomWith(gate, input);
    for (const [index, evaluation] of input.comparison.evals.entries()) {
      yield parts[index] ?? '';
      yield* inBatches(builder, evalCases(input, evaluation, room));
    }
    yield parts[suites.length] ?? '';
    yield* inBatches(builder, kept);
    yield parts[suites.length + 1] ?? '';
  },
};

/** The gate's part comes last, but its room is taken first: without it the file would not agree with the verdict. */
function roomWith(gate: readonly Placed[], input: ReportInput): { room: Room; kept: Placed[] } {
  const room = new Room(input);
  return { room, kept: gate.filter((check) => room.take(check.classname, check.name, check.outcome, true)) };
}

function* inBatches(builder: Builder, cases: Iterable<Placed>): Generator<string> {
  let batch = builder.newBuilder();
  let suite = batch.testSuite();
  let count = 0;
  for (const each of cases) {
    put(suite, each);
    count += 1;
    if (count % BATCH > 0) continue;
    yield testCases(batch);
    batch = builder.newBuilder();
    suite = batch.testSuite();
  }
  if (count % BATCH > 0) yield testCases(batch);
}
