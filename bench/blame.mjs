// What `assay blame` takes over a long history: a library of 1,000 prompts and 200 partials, commits that change a prompt, its partials
// and other files in turn; every twentieth is a merge.
// Usage: npm run build && node bench/blame.mjs [commits, default 1000] [runs, default 5]
// Time is the processor's, git's included: `times` of the shell that waits for both.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeLibrary } from './support/library-project.mjs';
import { ASSAY, median } from './support/measure.mjs';

const [commits = 1000, runs = 5] = process.argv.slice(2).map(Number);
const PROMPT = 'evals/team-0/prompt-0.prompt.md';
// prompt-0 includes p0, which includes p1; and p3, which includes p4.
const TOUCHED = [PROMPT, 'evals/_partials/p1.md', 'evals/_partials/p77.md', 'evals/team-3/prompt-3.prompt.md', 'notes.txt'];

const root = writeLibrary();
try {
  const git = (args, input) => execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], { cwd: root, input });
  git(['init', '-q', '-b', 'main']);
  git(['add', '-A']);
  git(['commit', '-q', '-m', 'first']);
  git(['fast-import', '--quiet', '--force'], history());
  git(['reset', '-q', '--hard', 'main']);
  const found = JSON.parse(execFileSync(process.execPath, [ASSAY, 'blame', 'team-0/prompt-0', '--json'], { cwd: root, encoding: 'utf8' }));
  console.log(`${git(['rev-list', '--count', 'HEAD']).toString().trim()} commits, ${found.versions.length} versions, Node ${process.version}`);
  const blame = Array.from({ length: runs }, () => seconds(`"${process.execPath}" "${ASSAY}" blame team-0/prompt-0`));
  console.log(`assay blame: ${median(blame).toFixed(2)} s of processor time (${runs} runs, ${Math.min(...blame).toFixed(2)} to ${Math.max(...blame).toFixed(2)})`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Commits as `git fast-import` reads them. */
function history() {
  const texts = new Map(TOUCHED.map((path) => [path, path === 'notes.txt' ? 'note' : readFileSync(join(root, path), 'utf8')]));
  const commit = (index, branch, path, parents) => {
    const before = texts.get(path);
    const text = path.endsWith('.prompt.md') ? before.replace('You route', `You (${index}) route`) : `${before} ${index}\n`;
    const message = `Change ${index}`;
    const who = `committer Bench <bench@example.com> ${1_700_000_000 + index * 60} +0000`;
    const head = `commit refs/heads/${branch}\nmark :${index + 1}\n${who}\ndata ${message.length}\n${message}\n`;
    return `${head}${parents.join('')}M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  };
  const parent = (index) => (index === 0 ? 'from refs/heads/main^0\n' : `from :${index}\n`);
  let stream = '';
  for (let index = 0; index < commits; index += 1) {
    const path = TOUCHED[index % TOUCHED.length];
    // Of each twenty, one commit leaves the branch and the next but one is a merge with it.
    if (index % 20 === 17) stream += commit(index, 'side', 'evals/_partials/p4.md', [`from :${index}\n`]);
    else if (index % 20 === 18) stream += commit(index, 'main', path, [`from :${index - 1}\n`]);
    else if (index % 20 === 19) stream += commit(index, 'main', path, [parent(index), `merge :${index - 1}\n`]);
    else stream += commit(index, 'main', path, [parent(index)]);
  }
  return `${stream}done\n`;
}

/** Processor time of a command and of all that it started, user and system together. */
function seconds(command) {
  const text = execFileSync('sh', ['-c', `${command} > /dev/null; times`], { cwd: root, encoding: 'utf8' });
  const [, , , userMin, userSec, sysMin, sysSec] = /\s*(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s+(\d+)m([\d.]+)s (\d+)m([\d.]+)s/.exec(text).slice(2);
  return 60 * (Number(userMin) + Number(sysMin)) + Number(userSec) + Number(sysSec);
}
