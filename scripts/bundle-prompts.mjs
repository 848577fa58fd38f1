// Makes `promptassay/prompts` a few files with their parsers inside: an application that loads a prompt when it starts should not
// wait for a hundred small ones. Replaces what tsc has made of src/prompts/index.ts and portable.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Libraries whose code becomes part of the bundle; each licence asks to be passed on with it. */
const BUNDLED = ['js-yaml', 'mustache', 'picomatch', 'yaml'];

const bundle = await rolldown({
  input: { index: inPackage('dist/prompts/index.js'), portable: inPackage('dist/prompts/portable.js') },
  platform: 'neutral',
  resolve: { mainFields: ['module', 'main'] },
  // Needed only to say which prompts there are, when one is missing.
  external: [/^node:/, 'fast-glob'],
});
const { output } = await bundle.write({
  dir: inPackage('dist/prompts'),
  format: 'esm',
  // Names stay: stack traces are read by people.
  minify: { compress: false, mangle: false },
  chunkFileNames: 'bundled/[name].js',
});
await bundle.close();

const used = new Set(
  output
    .flatMap(({ modules }) => Object.keys(modules))
    .map((id) => /node_modules\/([^/]+)\/[^]*$/.exec(id.replaceAll('\\', '/'))?.[1]),
);
used.delete(undefined);
if (JSON.stringify([...used].toSorted()) !== JSON.stringify(BUNDLED)) {
  throw new Error(`the bundle of promptassay/prompts holds ${[...used].join(', ')}, not ${BUNDLED.join(', ')}`);
}
const licences = BUNDLED.map(
  (name) => `${name}\n\n${readFileSync(inPackage(`node_modules/${name}/LICENSE`), 'utf8').trim()}\n`,
);
writeFileSync(inPackage('dist/prompts/bundled/LICENSES.txt'), licences.join('\n---\n\n'));
