import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILD } from '../support/project.js';

/** Makes the package importable from a folder, as installing it does. */
export function linkPackage(root: string): void {
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(dirname(BUILD), join(root, 'node_modules/promptassay'), 'junction');
}
