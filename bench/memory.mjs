// What a run needs in memory as it grows: peak resident set of `assay eval` over N generated JSONL cases, each answered by mock:echo
// and checked by three cheap assertions. Flat beyond 10,000 is what the engine promises.
// Usage: npm run build && node bench/memory.mjs [N …, default 1000 10000 100000 1000000]
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSAY, measure } from './support/measure.mjs';

const sizes = process.argv.slice(2).map(Number);

/** Writes a project whose cases are generated line by line. @returns its folder */
async function mockProject(cases) {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-memory-'));
  mkdirSync(join(root, 'evals'));
  writeFileSync(join(root, 'assay.config.yaml'), 'models: ["mock:echo"]\nmode: live\nconcurrency: 64\n');
  writeFileSync(join(root, 'evals/route.prompt.md'), '{{#system}}Answer.{{/system}}{{#user}}{"queue":"billing","text":"{{ticket}}"}{{/user}}\n');
  writeFileSync(
    join(root, 'evals/route.cases.yaml'),
    'defaults:\n  assert:\n    - { type: is-json }\n    - { type: equals, path: $.queue }\n    - { type: icontains, value: twice }\nfrom: rows.jsonl\n',
  );
  const rows = createWriteStream(join(root, 'evals/rows.jsonl'));
  for (let at = 0; at < cases; at += 1) {
    const row = { id: `case-${at}`, ticket: `Ticket ${at}: I was charged twice.`, expected: 'billing' };
    if (!rows.write(`${JSON.stringify(row)}\n`)) await once(rows, 'drain');
  }
  rows.end();
  await once(rows, 'close');
  return root;
}

console.log(`mock:echo, concurrency 64, three assertions, Node ${process.version}`);
console.log('  cases  exit  peak MB  wall s  CPU ms/case  journal MB  report MB');
for (const cases of sizes.length > 0 ? sizes : [1000, 10_000, 100_000, 1_000_000]) {
  const root = await mockProject(cases);
  const used = await measure(ASSAY, ['eval'], { cwd: root });
  const megabytes = (file) => (statSync(join(root, 'reports', file), { throwIfNoEntry: false })?.size ?? 0) / 2 ** 20;
  const columns = [
    String(cases).padStart(7),
    String(used.exitCode).padStart(4),
    used.peakMb.toFixed(0).padStart(7),
    (used.wallMs / 1000).toFixed(1).padStart(6),
    (used.cpuMs / cases).toFixed(3).padStart(11),
    megabytes('run.jsonl').toFixed(0).padStart(10),
    megabytes('report.json').toFixed(0).padStart(9),
  ];
  console.log(columns.join('  '));
  if (used.exitCode !== 0) console.error(used.stderr.slice(-2000));
  rmSync(root, { recursive: true, force: true });
}
