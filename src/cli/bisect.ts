import { type Bisected, bisect } from '../pipeline/bisect.js';
import type { BisectedStep, BisectedVersion } from '../pipeline/bisect-search.js';
import { oneLine } from '../reports/ink.js';
import type { World } from '../world.js';
import { addAskingFlags } from './asking-flags.js';
import { addExamples, addTrustFlags, type CommandDefinition } from './command.js';
import { type EvalFlags, evalOptions, withEnvFile } from './flags.js';
import { listenForInterrupt } from './interrupt.js';
import { columnsOf, hanging } from './columns.js';
import { jsonText } from './json.js';
import { paint } from './paint.js';
import { progress } from './progress.js';
import { proseTable } from './table.js';
import { plural } from '../words.js';

type Colors = ReturnType<typeof paint>;

interface BisectFlags extends EvalFlags {
  good: string;
  bad: string;
  metric?: string;
}

/** `assay bisect`: the commit that made a prompt worse. */
export const command: CommandDefinition = {
  define(command_) {
    addAskingFlags(
      addTrustFlags(
        command_
          .argument('<prompt>', 'a prompt by its id or file')
          .requiredOption('--good <ref>', 'a commit at which the prompt did well: a branch, tag, hash, HEAD~9')
          .requiredOption('--bad <ref>', 'a later commit at which it does worse')
          .option('--metric <name>', 'look at this metric only; by default at all that are gated, and at single cases'),
      ),
    )
      .option(
        '--dry-run',
        'show which versions would be evaluated, how many calls and what they cost at most; call nothing',
      )
      .option('--json', 'print what was found as JSON');
    addExamples(command_, [
      'assay bisect support/triage --good v1.4 --bad HEAD',
      'assay bisect support/triage --good v1.4 --bad HEAD --mode record --dry-run',
      'assay bisect support/triage --good v1.4 --bad HEAD --metric accuracy --mode record --max-cost 2',
      "assay bisect support/triage --good v1.4 --bad HEAD --filter '**/double-charge' --repeats 2..8",
    ]);
    command_.addHelpText('after', AFTER);
  },
  run: ([given = ''], flags, world) => run(given, flags as BisectFlags, world),
};

const AFTER = `
Versions between the two are run beside the good one, on the cases of the working tree; the gate decides which is worse. Of n
versions at most log2(n) + 1 are evaluated, and others in place of those that cannot be told. Nothing is written but recordings,
in mode record.
Exit codes: 0 found; 2 input error; 3 it could not be told: an answer is not recorded, the bad one is not worse, …`;

async function run(given: string, flags: BisectFlags, outside: World): Promise<number> {
  const world = withEnvFile(outside, flags.envFile);
  const { paths: _paths, resume: _resume, ...rest } = evalOptions([], flags, world);
  const { good, bad, metric } = flags;
  const options = { ...rest, prompt: given, good, bad, ...(metric !== undefined && { metric }) };
  if (flags.dryRun) {
    const { bisectPlanCommand } = await import('./bisect-plan.js');
    return bisectPlanCommand(options, flags.json === true, world);
  }
  const interrupt = listenForInterrupt(world, 'stopping; press Ctrl-C again to end at once');
  let bar = progress(world);
  let evaluation = 0;
  let least = Number.POSITIVE_INFINITY;
  try {
    const found = await bisect(
      {
        ...options,
        signal: interrupt.signal,
        interruptedBy: interrupt.name,
        onEvaluation({ version, commit }, atMost, untold) {
          bar.end();
          bar = progress(world);
          evaluation += 1;
          // How many are left is reckoned as if all could be told: where the last one could not, it did not help.
          const told = atMost < least;
          least = Math.min(least, atMost);
          const left = untold === 1 ? 'the last one' : `at most ${Math.min(atMost, untold) - 1} more`;
          const others = untold > atMost ? ` (${untold - 1} if some cannot be told)` : '';
          const more = told ? `${left}${others}` : 'the one before could not be told';
          world.stderr.write(`evaluation ${evaluation}: version ${version}, commit ${commit.slice(0, 7)}; ${more}\n`);
        },
        onPlanned: (trials) => bar.planned(trials),
        onResult: (result) => bar.result(result),
      },
      world,
    ).finally(() => bar.end());
    const width = columnsOf(world.stdout, Number.POSITIVE_INFINITY);
    world.stdout.write(flags.json ? jsonText(found) : bisectScreen(found, paint(world.stdout, world.env), width));
    return found.exitCode;
  } finally {
    interrupt.release();
  }
}

function bisectScreen(found: Bisected, color: Colors, width: number): string {
  const { prompt, good, bad, versions, cases, steps, culprit, suspects, reasons, evaluations, metric } = found;
  const at = ({ ref, commit }: Bisected['good']) =>
    commit.startsWith(ref) ? commit.slice(0, 7) : `${ref} (${commit.slice(0, 7)})`;
  const what = [plural(versions, 'version'), plural(cases, 'case'), ...(metric === null ? [] : [`metric ${metric}`])];
  const suspected = suspects.map((each) => ({ cells: cells(each), prose: each.subject }));
  return [
    `${color.bold(oneLine(prompt))}  ${oneLine(`${at(good)} to ${at(bad)}: ${what.join(', ')}`)}\n`,
    ...(steps.length > 0 ? ['\n', ...indented(stepLines(steps, color, width))] : []),
    ...(culprit ? culpritLines(culprit, color, width) : [`\n${color.yellow('Not found')}\n`]),
    ...indented(reasons.map((reason) => hanging(reason, INDENT, width))),
    ...(suspected.length > 0 ? [`\n${color.bold('It is one of these')}\n`] : []),
    ...indented(proseTable(suspected, { width, indent: INDENT })),
    `\n${plural(evaluations, 'evaluation')}${culprit ? `; the change: git show ${culprit.commit.slice(0, 7)}` : ''}\n`,
  ].join('');
}

function culpritLines({ version, commit, date, author, subject }: BisectedVersion, color: Colors, width: number) {
  const who = hanging(`${author}, ${date.slice(0, 10)}: ${subject}`, INDENT, width);
  return [`\n${color.bold(`Worse since version ${version}, commit ${commit.slice(0, 7)}`)}\n`, ...indented([who])];
}

const WORDS: Record<BisectedStep['finding'], string> = { worse: 'worse', 'not-worse': 'not worse', unknown: 'unknown' };

/** Of many reasons the weightiest stands for all; JSON has them all. */
const MOST_REASONS = 1;

function stepLines(steps: readonly BisectedStep[], color: Colors, width: number): string[] {
  const brushes = { worse: color.red, 'not-worse': color.green, unknown: color.yellow };
  const rows = steps.map((each) => ({
    cells: cells(each),
    prose: [WORDS[each.finding], ...each.why.slice(0, MOST_REASONS)].join(': '),
  }));
  const head = { cells: ['version', 'date', 'author', 'commit'], prose: 'beside the good one' };
  const [first = '', ...lines] = proseTable([head, ...rows], { width, indent: INDENT });
  return [color.dim(first), ...lines.map((line, index) => brushes[steps[index]?.finding ?? 'unknown'](line))];
}

function cells({ version, date, author, commit }: BisectedVersion): string[] {
  return [version, date.slice(0, 10), oneLine(author), commit.slice(0, 7)];
}

/** Blanks before what stands under a title. */
const INDENT = 2;

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `${' '.repeat(INDENT)}${line}\n`);
}
