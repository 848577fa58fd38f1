// What looking at a large library costs: `check`, `list` and `affected` over 1,000 prompts and 200 partials in a git repository
// with a change since its base; and the start of `eval` over the same library. Wall time counts on a quiet machine only.
// Usage: npm run build && node bench/library-speed.mjs [rounds, default 5] [prompts, default 1000] [partials, default 200]
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLibrary } from './support/library-project.mjs';
import { ASSAY, measure, median } from './support/measure.mjs';

const LIMIT_S = 1.5;
const [rounds = 5, prompts = 1000, partials = 200] = process.argv.slice(2).map(Number);
const COMMANDS = [
  ['check', '--base', 'main'],
  ['list'],
  ['affected', '--since', 'main'],
  ['eval', '--dry-run'],
];

const root = writeLibrary({ prompts, partials, cases: 8 });
change(root);

console.log(`${prompts} prompts, ${partials} partials, median of ${rounds}, Node ${process.version}`);
console.log('command                exit  wall s  CPU s  peak MB  says');
const used = new Map(COMMANDS.map((args) => [args, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const args of COMMANDS) used.get(args).push(await measure(ASSAY, args, { cwd: root }));
}
for (const [args, runs] of used) {
  const seconds = (of) => median(runs.map(of)) / 1000;
  const wall = seconds(({ wallMs }) => wallMs);
  const [{ exitCode, stdout, stderr }] = runs;
  // Reporting mistakes is other work than reading a sound library.
  if (exitCode === 2) throw new Error(`assay ${args.join(' ')} refuses the library:\n${stderr || stdout}`);
  const columns = [
    args.join(' ').padEnd(22),
    String(exitCode).padStart(4),
    wall.toFixed(2).padStart(6),
    seconds(({ cpuMs }) => cpuMs).toFixed(2).padStart(5),
    median(runs.map(({ peakMb }) => peakMb)).toFixed(0).padStart(7),
    ` ${(stdout.trim() || stderr.trim()).split('\n').at(-1)}`,
  ];
  // That of `eval` is shown only.
  const word = args[0] === 'eval' ? '' : wall > LIMIT_S ? '  MISS' : '  pass';
  if (word === '  MISS') process.exitCode = 1;
  console.log(`${columns.join('  ')}${word}`);
}
rmSync(root, { recursive: true, force: true });

/** Commits the library on main, and changes a partial, a prompt, some cases and the owner of another prompt on a branch. */
function change(folder) {
  const git = (...args) => execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@example.org', ...args], { cwd: folder });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '-m', 'The library');
  git('checkout', '--quiet', '-b', 'change');
  appendFileSync(join(folder, 'evals/_partials/p1.md'), 'Never name a price.\n');
  edit(join(folder, 'evals/team-5/prompt-5.prompt.md'), 'You route', 'You sort');
  edit(join(folder, 'evals/team-6/prompt-6.cases.yaml'), 'I was charged twice', 'I was charged three times');
  edit(join(folder, 'evals/team-7/prompt-7.prompt.md'), '"@team-7"', '"@team-8"');
  git('commit', '--quiet', '-a', '-m', 'A change');
}

function edit(path, from, to) {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(path, text.replaceAll(from, to));
}
