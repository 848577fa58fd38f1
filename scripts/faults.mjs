// Runs the fault matrix with all of its controls and prints it: npm run faults. Arguments go to vitest, e.g. -t P13.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const args = [vitest, 'run', 'test/faults', '--silent=false', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, FAULTS: 'all' } });
process.exitCode = status ?? 1;
