// What `promptassay/prompts` costs an application: what loading a prompt adds to the start of a process, and how large it is bundled.
// Beside an application of one file, and beside one that has another package: the first that Node finds costs it some milliseconds,
// whatever is in it, and who loads a prompt calls a model, through a package.
// Usage: npm run build && node bench/load-prompt.mjs [runs, default 41]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { ASSAY, measure, median } from './support/measure.mjs';

const [runs = 41] = process.argv.slice(2).map(Number);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'assay-bench-'));

/** An application beside the package's own library, with the package installed, and another one that is empty. */
function writeApplication() {
  const installed = join(root, 'node_modules/promptassay');
  for (const each of ['package.json', 'dist/prompts']) cpSync(join(PACKAGE, each), join(installed, each), { recursive: true });
  const other = join(root, 'node_modules/other');
  mkdirSync(other);
  writeFileSync(join(other, 'package.json'), '{ "name": "other", "type": "module", "exports": "./index.js" }');
  writeFileSync(join(other, 'index.js'), 'export {};\n');
  const built = spawnSync(process.execPath, [ASSAY, 'build', '--out', join(root, 'prompts.lock.json')], { cwd: PACKAGE });
  if (built.status !== 0) throw new Error(String(built.stderr));
  const use = "render({ ticket: 'I was charged twice' }).messages.length !== 2";
  const load = (options) =>
    `import { loadPrompt } from 'promptassay/prompts';\nconst triage = await loadPrompt('support/triage', ${options});\nif (triage.${use}) throw new Error();\n`;
  const readLock = "import { readFileSync } from 'node:fs';\nconst lock = JSON.parse(readFileSync('prompts.lock.json', 'utf8'));\n";
  const without = "import { readFileSync } from 'node:fs';\nreadFileSync('prompts.lock.json', 'utf8');\n";
  const fromFiles = load(JSON.stringify({ root: PACKAGE }));
  const fromLock = readLock + load('{ lock }');
  const withOther = (text) => `import 'other';\n${text}`;
  const starts = {
    [ALONE]: without,
    [BESIDE]: withOther(without),
    'from its files': fromFiles,
    'from its files, beside another package': withOther(fromFiles),
    'from prompts.lock.json': fromLock,
    'from prompts.lock.json, beside another package': withOther(fromLock),
  };
  for (const [index, text] of Object.values(starts).entries()) writeFileSync(join(root, `start-${index}.mjs`), text);
  return Object.keys(starts);
}

/** What the others are compared with. */
const ALONE = 'one file';
const BESIDE = 'another package';

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
  if (name === ALONE) continue;
  const without = used[name.includes(BESIDE) && name !== BESIDE ? names.indexOf(BESIDE) : 0];
  const added = (key) => median(used[index].map((usage, round) => usage[key] - without[round][key])).toFixed(1);
  const what = name === BESIDE ? `${BESIDE}, empty` : `loadPrompt ${name}`;
  console.log(`${what.padEnd(57)} adds ${added('cpuMs').padStart(5)} ms of CPU, ${added('wallMs').padStart(5)} ms`);
}
const { raw, gzip } = await bundledSize();
console.log(`promptassay/prompts for a browser, minified: ${raw} bytes, ${gzip} with gzip`);
rmSync(root, { recursive: true, force: true });
