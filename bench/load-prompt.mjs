// What `promptassay/prompts` costs an application: what loading a prompt adds to the start of a process, and how large it is bundled.
// Usage: npm run build && node bench/load-prompt.mjs [runs, default 41]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { ASSAY, measure, median } from './support/measure.mjs';

const [runs = 41] = process.argv.slice(2).map(Number);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'assay-bench-'));

/** An application beside the package's own library, with the package installed. */
function writeApplication() {
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(PACKAGE, join(root, 'node_modules/promptassay'), 'junction');
  const built = spawnSync(process.execPath, [ASSAY, 'build', '--out', join(root, 'prompts.lock.json')], { cwd: PACKAGE });
  if (built.status !== 0) throw new Error(String(built.stderr));
  const use = "render({ ticket: 'I was charged twice' }).messages.length !== 2";
  const load = (options) =>
    `import { loadPrompt } from 'promptassay/prompts';\nconst triage = await loadPrompt('support/triage', ${options});\nif (triage.${use}) throw new Error();\n`;
  const readLock = "import { readFileSync } from 'node:fs';\nconst lock = JSON.parse(readFileSync('prompts.lock.json', 'utf8'));\n";
  const starts = {
    nothing: "import { readFileSync } from 'node:fs';\nreadFileSync('prompts.lock.json', 'utf8');\n",
    'from its files': load(JSON.stringify({ root: PACKAGE })),
    'from prompts.lock.json': readLock + load('{ lock }'),
  };
  for (const [index, text] of Object.values(starts).entries()) writeFileSync(join(root, `start-${index}.mjs`), text);
  return Object.keys(starts);
}

/** Starts each application in turn, so that a busy moment meets them alike; the first round warms the disk's cache. */
async function coldStarts(names) {
  const used = names.map(() => []);
  for (let round = 0; round <= runs; round += 1) {
    for (const index of names.keys()) {
      const usage = await measure(join(root, `start-${index}.mjs`), [], { cwd: root });
      if (usage.exitCode !== 0) throw new Error(usage.stderr);
      if (round > 0) used[index].push(usage);
    }
  }
  return used;
}

/** How large it is in an application for a browser, minified, without the lock file. */
async function bundledSize() {
  const bundle = await rolldown({ input: join(PACKAGE, 'dist/prompts/portable.js'), platform: 'browser' });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  return { raw: output[0].code.length, gzip: gzipSync(output[0].code).length };
}

const names = writeApplication();
const used = await coldStarts(names);
console.log(`Node ${process.version}, ${runs} starts of each in turn, medians; a start without it takes ${median(used[0].map(({ cpuMs }) => cpuMs)).toFixed(0)} ms of CPU`);
for (const [index, name] of names.entries()) {
  if (index === 0) continue;
  const added = (key) => median(used[index].map((usage, round) => usage[key] - used[0][round][key])).toFixed(1);
  console.log(`loadPrompt ${name.padEnd(22)} adds ${added('cpuMs').padStart(5)} ms of CPU, ${added('wallMs').padStart(5)} ms`);
}
const { raw, gzip } = await bundledSize();
console.log(`promptassay/prompts for a browser, minified: ${raw} bytes, ${gzip} with gzip`);
rmSync(root, { recursive: true, force: true });
