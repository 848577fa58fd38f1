// Writes the sample recordings of the own library from the replies under fixtures/samples, which a person wrote. They go the way of
// real replies: an eval in mode `record`, with a port that answers from the samples instead of a provider. Each recording is
// marked as hand-written, and so is every report of a replay.
//
// Usage: npm run samples, after a prompt or case of the own library changed. Then: npm run eval && npm run accept
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { evaluate } from '../dist/pipeline/evaluate.js';
import { processWorld } from '../dist/world.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SAMPLES = join(ROOT, 'fixtures/samples');

/** `fixtures/samples/support-triage.yaml` holds the replies to the prompt `support/triage`. */
function samplesOf(prompt, variant = '') {
  return parse(readFileSync(join(SAMPLES, `${prompt.replaceAll('/', '-')}${variant}.yaml`), 'utf8'));
}

/** A port to models that answers from the samples: `{ <case>: { <model>: reply, judge: { <model>: grade } } }`. */
function samplePort(variant) {
  return async (_request, { trial, purpose }) => {
    const row = samplesOf(trial.prompt, variant)[trial.case];
    const model = trial.model.split(':')[1];
    const reply = purpose === 'judge' ? row?.judge?.[model] : row?.[model];
    if (reply === undefined)
      throw new Error(`no sample for the ${purpose} of ${trial.prompt}, ${trial.case}, ${trial.model}`);
    const output = typeof reply === 'string' ? reply : JSON.stringify(reply);
    return { ok: true, completion: { output, finishReason: 'stop' }, attempts: 1, source: 'call', handWritten: true };
  };
}

/**
 * Records the samples of these paths.
 * @param variant e.g. `.broken`, for the replies of another file
 */
export async function recordSamples(paths, variant) {
  const out = mkdtempSync(join(tmpdir(), 'assay-samples-'));
  try {
    const port = samplePort(variant);
    const conclusion = await evaluate({ cwd: ROOT, paths, mode: 'record', refresh: true, out, port }, processWorld());
    conclusion.close();
    return conclusion.comparison.trials;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(join(ROOT, 'fixtures/recordings'), { recursive: true, force: true });
  const { completed, planned } = await recordSamples([]);
  console.log(`${completed} of ${planned} sample replies recorded, from ${readdirSync(SAMPLES).length} files`);
}
