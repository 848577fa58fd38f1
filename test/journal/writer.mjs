// A run that is going to be killed: appends trials as fast as it can and says which have been written.
// Arguments: the folder of the compiled journal, the journal's path, the number of the first trial.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , compiled, path, first] = process.argv;
const { resumeJournal } = await import(pathToFileURL(join(compiled, 'journal', 'journal.js')).href);
const { journal } = await resumeJournal(path, { fingerprint: { configHash: 'x' } }, { redact: (text) => text });
let next = Number(first);

async function work() {
  for (;;) {
    const id = next++;
    const output = `é${id} `.repeat(1 + ((id * 7919) % 20_000));
    const completion = { output, finishReason: 'stop' };
    const name = { prompt: 'p', model: 'm', case: String(id), repeat: 1 };
    const trial = { ...name, status: 'completed', completion, source: 'call', attempts: 1, scores: [] };
    await journal.append(trial);
    writeSync(1, `${id}\n`);
  }
}

writeSync(1, 'ready\n');
await Promise.all(Array.from({ length: 8 }, work));
