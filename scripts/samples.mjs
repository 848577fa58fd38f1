// Writes the sample recordings of the own library and of the example from the replies under fixtures/samples, which a person wrote. They go the way of
// real replies: an eval in mode `record`, with a port that answers from the samples instead of a provider. Each recording is
// marked as hand-written, and so is every report of a replay.
//
// Usage: npm run samples, after a prompt or case of one of them changed. Then, in its folder: npm run eval && npm run accept
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { evaluate } from '../dist/pipeline/evaluate.js';
import { processWorld } from '../dist/world.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Projects with samples, below the package's root. */
const PROJECTS = ['.', 'examples/support-router'];

/** `fixtures/samples/support-triage.yaml` holds the replies to the prompt `support/triage`. */
function samplesOf(root, prompt, variant = '') {
  return parse(readFileSync(join(root, 'fixtures/samples', `${prompt.replaceAll('/', '-')}${variant}.yaml`), 'utf8'));
}

/** A port to models that answers from the samples: `{ <case>: { <model>: reply, judge: { <model>: grade } } }`. */
function samplePort(root, variant) {
  return async (_request, { trial, purpose }) => {
    const row = samplesOf(root, trial.prompt, variant)[trial.case];
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
export async function recordSamples(paths, variant, root = ROOT) {
  const out = mkdtempSync(join(tmpdir(), 'assay-samples-'));
  try {
    const port = samplePort(root, variant);
    const conclusion = await evaluate({ cwd: root, paths, mode: 'record', refresh: true, out, port }, processWorld());
    conclusion.close();
    return conclusion.comparison.trials;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const root of PROJECTS.map((each) => join(ROOT, each))) {
    rmSync(join(root, 'fixtures/recordings'), { recursive: true, force: true });
    const { completed, planned } = await recordSamples([], undefined, root);
    const files = readdirSync(join(root, 'fixtures/samples')).length;
    console.log(`${completed} of ${planned} sample replies recorded, from ${files} files`);
  }
}
