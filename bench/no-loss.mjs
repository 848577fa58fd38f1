// Kills a run of 500 cases with SIGKILL at random points, in its calls, while replies are stored, while reports are written and while a
// baseline is accepted, and goes on each time: no finished trial is called again, no result is lost or doubled, the verdict and the
// report are those of a run that was left alone. Prints a line; exit code 1 and what was lost otherwise.
// Usage: npm run build && node bench/no-loss.mjs [kills, default 50] [cases, default 500] [seed, default 1]
import { casesIn, openProject, randomFrom, startServer, timeless } from './support/no-loss.mjs';

const [kills = 50, cases = 500, seed = 1] = process.argv.slice(2).map(Number);
const random = randomFrom(seed);
const RECORDINGS = 'fixtures/recordings/e.jsonl';
const JOURNAL = 'reports/run.jsonl';
const BASELINE = 'evals/e.baseline.json';
const COMPLETED = ({ kind, status }) => kind === 'trial' && status === 'completed';

// The server has chance of its own: how many calls come before a kill must not move the next one.
const server = await startServer(randomFrom(seed + 1));
const project = openProject(cases, server.port);
const faults = [];
const found = { finished: 0, replies: 0, alone: 0 };

/** What a run that is left alone leaves behind, and how long it takes. */
async function reference(args, outcome) {
  for (const folder of ['reports', 'fixtures']) project.remove(folder);
  const { code, ms, stderr } = await project.assay(args);
  if (code !== outcome) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return { args, outcome, ms, report: timeless(project.read('reports/report.json')) };
}

const textOf = (path) => (project.has(path) ? project.read(path) : '');
const doubled = (ids) => ids.filter((id, index) => ids.indexOf(id) !== index);

/** Kills a run at a random point, resumes it, and compares. */
async function killRun(name, { args, outcome, ms, report }) {
  for (const folder of ['reports', 'fixtures']) project.remove(folder);
  const fault = (what) => faults.push(`${name}: ${what}`);
  const at = ms * random();
  const { killed } = await project.assay(args, at);
  if (!killed) found.alone += 1;
  const finished = new Set(casesIn(textOf(JOURNAL), COMPLETED));
  const stored = [RECORDINGS, `${RECORDINGS}.new`].flatMap((path) => casesIn(textOf(path), () => true));
  found.finished += finished.size;
  found.replies += stored.length;
  server.asked.clear();
  const resumed = await project.assay([...args, '--resume']);
  if (resumed.code !== outcome) {
    fault(`killed after ${at | 0} ms, resumed with ${resumed.code}: ${resumed.stderr}`);
    return;
  }
  const again = [...finished, ...stored].filter((id) => server.asked.has(id));
  if (again.length > 0) fault(`${again.length} finished trials were called again: ${again.slice(0, 5)}`);
  const results = casesIn(project.read(JOURNAL), COMPLETED);
  if (results.length !== cases || doubled(results).length > 0) fault(`${results.length} results of ${cases} cases`);
  const difference = firstDifference(timeless(project.read('reports/report.json')), report);
  if (difference) fault(`another report than that of a run left alone: ${difference}`);
  if (args.includes('record')) {
    const rows = casesIn(textOf(RECORDINGS), () => true);
    if (rows.length !== cases || doubled(rows).length > 0) fault(`${rows.length} recordings of ${cases} cases`);
  }
  const left = [...project.files('reports'), ...project.files('fixtures')].filter((file) => /\.(?:tmp|lock|new|takeover)$/.test(file));
  if (left.length > 0) fault(`left behind: ${left}`);
}

/** Kills an accept at a random point: the baseline is the old one or the new one, and accepting again makes the new one. */
async function killAccept(ms, before, after) {
  const fault = (what) => faults.push(`accept: ${what}`);
  project.remove(BASELINE);
  await project.assay(['accept'], ms * random());
  const there = textOf(BASELINE);
  if (there !== before && withoutDate(there) !== after) fault('half a baseline');
  if (there === before) {
    const { code, stderr } = await project.assay(['accept']);
    if (code !== 0) {
      fault(`accepting again ended with ${code}: ${stderr}`);
      return;
    }
  }
  if (withoutDate(project.read(BASELINE)) !== after) fault('another baseline than that of an accept left alone');
}

function firstDifference(is, was) {
  if (is === was) return undefined;
  const at = [...was].findIndex((character, index) => character !== is[index]);
  const around = (text) => text.slice(Math.max(0, at - 100), at + 100);
  return `${around(is)} instead of ${around(was)}`;
}

const withoutDate = (text) => text.replace(/"date": ?"[^"]*"/g, '');

const began = performance.now();
const live = await reference(['eval', '--mode', 'live'], 1);
const recorded = await reference(['eval', '--mode', 'record'], 1);
const accepting = await project.assay(['accept']);
if (accepting.code !== 0) throw new Error(accepting.stderr);
const accepted = withoutDate(project.read(BASELINE));
const ofAccept = Math.max(1, Math.floor(kills / 5));
// Before the others: they remove the run that is accepted.
for (let kill = 0; kill < ofAccept; kill += 1) await killAccept(accepting.ms, '', accepted);
project.remove(BASELINE);
for (let kill = ofAccept; kill < kills; kill += 1) await (kill % 2 ? killRun('live', live) : killRun('record', recorded));
server.stop();
project.close();

for (const fault of faults) console.error(fault);
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `no loss: ${kills} kills (${ofAccept} of accept, ${found.alone} after the end), seed ${seed}, ${cases} cases: ${found.finished} finished trials and ` +
    `${found.replies} stored replies at the kill, ${faults.length} faults, ${seconds} s`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
