// Marks the command as executable, which tsc does not (npm does it for installed packages only).
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755);
