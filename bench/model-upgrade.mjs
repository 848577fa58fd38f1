// Real outputs, no calls: the answers of two models to the 805 instructions of AlpacaEval. The first is accepted as baseline, the
// second evaluated as its replacement, and the first against itself. The answers belong to their authors and are not part of this
// repository: name the folder that holds instructions.jsonl and <model>.jsonl.
// Usage: npm run build && node bench/model-upgrade.mjs <folder> [--similar]
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ASSAY, measure } from './support/measure.mjs';

const OLD = 'gpt-4-1106-preview';
const NEW = 'gpt-3.5-turbo-1106';
const [folder, similar] = process.argv.slice(2);
if (folder === undefined) {
  console.error('name the folder with the answers');
  process.exit(2);
}
const LENGTH = '{ type: word-count, value: { min: 1, max: 2000 }, metric: length }';
const read = (name) => readFileSync(join(folder, `${name}.jsonl`), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

const root = mkdtempSync(join(tmpdir(), 'assay-upgrade-'));
for (const dir of ['evals', 'data']) mkdirSync(join(root, dir));
for (const model of [OLD, NEW]) copyFileSync(join(folder, `${model}.jsonl`), join(root, 'data', `${model}.jsonl`));
const accepted = new Map(read(OLD).map(({ id, output }) => [id, output]));
const cases = read('instructions').map(({ id, instruction }) => ({ id, instruction, expected: accepted.get(id) }));
// ROUGE compares words: an accepted answer without any (two of them are emoji only) is held to its length alone.
const hasWords = ({ expected }) => /[\p{L}\p{N}]/u.test(expected);
writeFileSync(join(root, 'data/rows.jsonl'), cases.filter(hasWords).map((row) => `${JSON.stringify(row)}\n`).join(''));
const wordless = cases
  .filter((row) => !hasWords(row))
  .map(({ id, instruction }) => `  - { id: ${id}, vars: { instruction: ${JSON.stringify(instruction)} }, assert: { inherit: false, checks: [${LENGTH}] } }\n`);
writeFileSync(join(root, 'evals/instruct.prompt.md'), '{{#user}}{{instruction}}{{/user}}\n');
writeFileSync(
  join(root, 'evals/instruct.cases.yaml'),
  `from: ../data/rows.jsonl
defaults:
  assert:
    - { type: rouge-n, metric: rouge-1, threshold: 0.3 }
    - ${LENGTH}
${similar ? '    - { type: similar, metric: similarity, threshold: 0.6 }\n' : ''}cases:
${wordless.join('')}`,
);
const config = (models) => `providers:
  old: { type: outputs, path: data/${OLD}.jsonl }
  new: { type: outputs, path: data/${NEW}.jsonl }
models: ${models}
gate: { metrics: { rouge-1: {}, length: {}${similar ? ', similarity: {}' : ''} } }
`;

async function step(title, models, args) {
  writeFileSync(join(root, 'assay.config.yaml'), config(models));
  const used = await measure(ASSAY, args, { cwd: root });
  console.log(`\n== ${title}: assay ${args.join(' ')}`);
  console.log(used.stdout.split('\n').slice(-14).join('\n'), used.stderr);
  console.log(`exit ${used.exitCode}, ${(used.wallMs / 1000).toFixed(2)} s, ${used.peakMb.toFixed(0)} MB`);
}

try {
  process.env.NODE_PATH = fileURLToPath(new URL('../node_modules', import.meta.url));
  await step('run the model in use', `["old:${OLD}"]`, ['eval']);
  await step('accept it', `["old:${OLD}"]`, ['accept']);
  await step('the same answers again', `["old:${OLD}"]`, ['eval']);
  await step('its replacement', `[{ model: "new:${NEW}", replaces: "old:${OLD}" }]`, ['eval']);
} finally {
  rmSync(root, { recursive: true, force: true });
}
