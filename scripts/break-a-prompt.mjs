// The README's demonstration: takes the constraint that keeps replies machine-readable out of the triage prompt, and records
// hand-written replies to the prompt without it, so that the gate can be seen to fail without a key.
import { readFileSync, writeFileSync } from 'node:fs';
import { recordSamples } from './samples.mjs';

const RESTORE = 'git checkout evals fixtures';
const file = new URL('../evals/support/triage.prompt.md', import.meta.url);
const text = readFileSync(file, 'utf8');
const broken = text.replace(/^Answer with JSON only.*\r?\n/m, '');
if (broken === text) {
  console.error(`evals/support/triage.prompt.md is broken already. \`${RESTORE}\` restores it.`);
  process.exitCode = 1;
} else {
  writeFileSync(file, broken);
  await recordSamples(['evals/support/triage.prompt.md'], '.broken');
  console.log('Took "Answer with JSON only" out of evals/support/triage.prompt.md. Now run: npm run eval');
  console.log(`\`${RESTORE}\` restores it.`);
}
