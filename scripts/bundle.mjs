// Makes a few files of the many small modules that tsc wrote, with the libraries inside that are many small files, too: loading them
// one by one takes half of the time of a replayed run and a fifth of its memory.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { PRICE_LISTS } from '../dist/ask/price.js';
import { asciiOnly } from './ascii-only.mjs';
import { withPriceLists } from './price-lists.mjs';
import { shortLines } from './short-lines.mjs';
import { yamlReader } from './yaml-reader.mjs';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What our code requires late (`createRequire(import.meta.url)('…')`) is in the bundle, too, and still evaluated late. */
const lateRequires = ({ but = [] } = {}) => ({
  name: 'late-requires',
  transform: (code) =>
    code.replaceAll(/createRequire\(import\.meta\.url\)\('([\w-]+)'\)/g, (written, library) =>
      but.includes(library) ? written : `require('${library}')`,
    ),
});

/** Libraries that few runs need and that are many or large files, and what each is called as one file of `bundled/late/`. */
const LATE = {
  ajv: 'ajv',
  'ajv/dist/2019.js': 'ajv-2019',
  'ajv/dist/2020.js': 'ajv-2020',
  'ajv/dist/refs/json-schema-draft-06.json': 'json-schema-draft-06',
  'ajv-formats': 'ajv-formats',
  re2js: 're2js',
};

/** Requires those from there, in the modules that require them. */
const lateFiles = {
  name: 'late-files',
  transform(code) {
    const late = code.replaceAll(/\brequire\('([^']+)'\)/g, (written, library) =>
      Object.hasOwn(LATE, library) ? `require('./late/${LATE[library]}.cjs')` : written,
    );
    return late === code ? null : late.replace('const require = createRequire(import.meta.url);', '');
  },
  resolveId: (id) => (id.startsWith('./late/') ? { id, external: true } : null),
};

/**
 * Gives the SDKs `Headers` and `FormData` of the HTTP client that is in the bundle. Node's own come with a whole client, which it
 * compiles at each start when the first of them is named.
 */
const SDK_NAMES = {
  '/internal/utils/log.mjs': ['Headers', 'undici/lib/web/fetch/headers.js'],
  '/internal/headers.mjs': ['Headers', 'undici/lib/web/fetch/headers.js'],
  '/client.mjs': ['FormData', 'undici/lib/web/fetch/formdata.js'],
};
const clientsOwn = {
  name: 'clients-own',
  transform(code, id) {
    const [, file] = /\/(?:openai|@anthropic-ai\/sdk)(\/[\w/.-]+)$/.exec(id.replaceAll('\\', '/')) ?? [];
    if (!Object.hasOwn(SDK_NAMES, file ?? '')) return null;
    const [name, from] = SDK_NAMES[file];
    if (!new RegExp(`\\b${name}\\b`).test(code)) throw new Error(`${id} no longer names ${name}`);
    return `import { ${name} } from '${from}';\n${code}`;
  },
};

/** What libraries load at once and runs of this command hardly ever use, if at all: what is written there, and what is put instead. */
const LAZY = {
  'commander/lib/command.js': [
    "const childProcess = require('node:child_process')",
    "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) }",
  ],
  // HTTP/2, which is off.
  'undici/lib/dispatcher/client.js': [
    "const connectH2 = require('./client-h2.js')",
    "const connectH2 = (...args) => require('./client-h2.js')(...args)",
  ],
  'undici/lib/web/fetch/util.js': [
    "const zlib = require('node:zlib')",
    "const zlib = { createInflate: (...args) => require('node:zlib').createInflate(...args), createInflateRaw: (...args) => require('node:zlib').createInflateRaw(...args) }",
  ],
};
const lazyParts = {
  name: 'lazy-parts',
  transform(code, id) {
    const [, file] = /\/node_modules\/([\w/.-]+)$/.exec(id.replaceAll('\\', '/')) ?? [];
    if (!Object.hasOwn(LAZY, file ?? '')) return null;
    const [eager, lazy] = LAZY[file];
    if (!code.includes(eager)) throw new Error(`${id} no longer holds ${eager}`);
    return code.replace(eager, lazy);
  },
};

/**
 * Takes Node's modules from `process`, which has them since 20.16: an import of `node:fs` looks up all its exports, those that load
 * the streams among them, which takes a fifth of what reading a prompt adds to a start.
 */
const builtinsByCall = {
  name: 'builtins-by-call',
  transform: (code) =>
    code.replaceAll(/^import \{([^}]*)\} from '(node:[\w/]+)';$/gm, (_, names, from) =>
      // Of this one nothing is needed for most prompts.
      names.trim() === 'createRequire'
        ? `const createRequire = (from) => process.getBuiltinModule('node:module').createRequire(from);`
        : `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule('${from}');`,
    ),
};

/** Of large libraries, what the one that imports them uses: of all lodash two functions, and of make-dir what Node has by now. */
const NEEDED = {
  lodash: `import forEach from 'lodash/forEach.js'; import isDate from 'lodash/isDate.js'; export default { forEach, isDate };`,
  'make-dir': `import { mkdirSync } from 'node:fs'; export default { sync: (path) => mkdirSync(path, { recursive: true }) };`,
};
const neededParts = {
  name: 'needed-parts',
  resolveId: (id, importer) =>
    importer?.includes('/junit-report-builder/') && Object.hasOwn(NEEDED, id) ? `${importer}?${id}` : null,
  load(id) {
    const name = id.slice(id.indexOf('?') + 1);
    return Object.hasOwn(NEEDED, name) ? NEEDED[name] : null;
  },
};

const neededPrices = {
  name: 'needed-prices',
  transform: (code, id) =>
    id.replaceAll('\\', '/').endsWith('/@pydantic/genai-prices/dist/index.js')
      ? withPriceLists(code, Object.values(PRICE_LISTS))
      : null,
};

/**
 * Puts what modules of ours load at once into one file, and what the entry shares with them into another: loading fifty files, each
 * with what some commands share, takes longer than loading a little too much.
 */
function together(modules, entry) {
  const paths = (names) => names.map((each) => inPackage(`dist/${each}.js`));
  let core;
  let started;
  return {
    debugName: 'core and common',
    includeDependenciesRecursively: false,
    name(id, graph) {
      core ??= reach(paths(modules), graph);
      started ??= reach(paths([entry]), graph);
      if (!core.has(id)) return null;
      return started.has(id) ? 'common' : 'core';
    },
  };
}

/** Modules and all that they import, but for what they import late. */
function reach(ids, graph) {
  const known = new Set(ids);
  for (const id of known) for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) known.add(imported);
  return known;
}

/** What a few prompts need, in Node and in browsers. */
const FULL_CHECK = 'dist/prompts/full-check.js';

/**
 * The entries that bundles replace. `bundled` names every library inside: each licence asks to be passed on with it. They stay
 * dependencies of the package as well, where audits and licence scanners find them.
 */
const BUNDLES = [
  {
    folder: 'dist/bundled',
    // One bundle, so that a user's plug-in gets the same classes from the API as the command that loads it; and scripts, of which
    // the command keeps what V8 compiled (`src/cli/code-cache.ts`).
    input: { start: 'dist/cli/start.js', api: 'dist/index.js' },
    format: 'cjs',
    platform: 'node',
    // Loaded for few runs, and one file each or fit for no bundle.
    external: ['jiti', /^undici$/],
    plugins: [lateFiles, lateRequires(), neededParts, neededPrices, clientsOwn, lazyParts],
    groups: [together(['cli/eval', 'library/discovery'], 'cli/start')],
    bundled: [
      '@anthropic-ai/sdk',
      '@nodelib/fs.scandir',
      '@nodelib/fs.stat',
      '@nodelib/fs.walk',
      '@opentelemetry/api',
      '@pydantic/genai-prices',
      '@stablelib/base64',
      'braces',
      'commander',
      'csv-parse',
      'diff',
      'fast-glob',
      'fast-sha256',
      'fastest-levenshtein',
      'fastq',
      'fill-range',
      'glob-parent',
      'is-extglob',
      'is-glob',
      'is-number',
      'js-yaml',
      'junit-report-builder',
      'lodash',
      'merge2',
      'micromatch',
      'mustache',
      'openai',
      'p-limit',
      'picomatch',
      'queue-microtask',
      'reusify',
      'run-parallel',
      'standardwebhooks',
      'to-regex-range',
      'undici',
      'xmlbuilder',
      'yaml',
      'yocto-queue',
    ],
  },
  {
    folder: 'dist/bundled/late',
    input: Object.fromEntries(Object.entries(LATE).map(([library, name]) => [name, library])),
    format: 'cjs',
    platform: 'node',
    external: [],
    plugins: [],
    bundled: ['ajv', 'ajv-formats', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse', 're2js'],
  },
  {
    folder: 'dist/cli',
    input: { main: 'dist/cli/main.js' },
    // The first file that whoever looks into the package opens.
    minify: false,
    platform: 'node',
    external: ['./start.js'],
    plugins: [builtinsByCall],
    bundled: [],
  },
  {
    folder: 'dist/prompts',
    input: { index: 'dist/prompts/index.js' },
    late: {
      [FULL_CHECK]: 'full-check',
      'dist/library/plain-yaml.js': 'plain-yaml',
      'dist/library/yaml.js': 'yaml',
      'node_modules/picomatch/index.js': 'picomatch',
    },
    // Parsing it is a third of what loading a prompt takes. Functions keep their names, for stack traces.
    minify: { compress: true, mangle: { toplevel: false } },
    finish: shortLines,
    platform: 'neutral',
    // Needed only to say which prompts there are, when one is missing.
    external: ['fast-glob'],
    plugins: [yamlReader, lateRequires({ but: ['fast-glob'] }), builtinsByCall],
    bundled: ['js-yaml', 'mustache', 'picomatch', 'yaml'],
  },
  {
    folder: 'dist/prompts',
    input: { portable: 'dist/prompts/portable.js' },
    // Written above, as nothing of Node is in it.
    shared: { [FULL_CHECK]: 'full-check' },
    finish: shortLines,
    platform: 'neutral',
    external: [],
    plugins: [],
    bundled: [],
  },
];

/** Names stay: stack traces are read by people. */
const NAMED = { compress: false, mangle: false };

/** Leaves what an entry imports late to bundles of their own: files of `bundled/`, by the name that each module has there. */
const lateBundles = (late) => ({
  name: 'late-bundles',
  async resolveId(id, importer, { kind }) {
    if (kind !== 'dynamic-import') return null;
    const found = await this.resolve(id, importer, { skipSelf: true });
    const [, name] = Object.entries(late).find(([module]) => found?.id === inPackage(module)) ?? [];
    return name === undefined ? null : { id: `./bundled/${name}.js`, external: true };
  },
});

/**
 * Replaces entries, and puts what they share beside them.
 * @param late modules that entries import late, by files. Each has its own copy of what it shares with an entry, so that the entry
 * exports what is public and nothing for them, and no file more is loaded at a start
 * @param shared such modules that another bundle of this folder writes
 * @param finish what is done to each file at last
 * @returns what was written
 */
async function bundle({
  folder,
  format = 'esm',
  bundled,
  late = {},
  shared = {},
  finish = (code) => code,
  ...options
}) {
  const { input, plugins, ...rest } = options;
  const output = await outputOf({
    folder,
    format,
    input,
    plugins: [lateBundles({ ...late, ...shared }), ...plugins],
    ...rest,
  });
  for (const [module, name] of Object.entries(late)) {
    output.push(...(await outputOf({ folder, format, input: { [`bundled/${name}`]: module }, plugins, ...rest })));
  }
  for (const { fileName, code } of output) write(`${folder}/${fileName}`, finish(asciiOnly(code)));
  const libraries = librariesIn(output);
  const names = [...libraries.keys()].toSorted();
  if (JSON.stringify(names) !== JSON.stringify(bundled)) {
    throw new Error(`the bundle in ${folder} holds ${names.join(', ')}, not ${bundled.join(', ')}`);
  }
  if (names.length > 0) {
    const licences = names.map((name) => `${name}\n\n${licenceIn(libraries.get(name))}\n`);
    write(`${folder}${format === 'cjs' ? '' : '/bundled'}/LICENSES.txt`, licences.join('\n---\n\n'));
  }
  return output;
}

/** One bundle, of which nothing is written yet. */
async function outputOf({ folder, input, format, platform, external, plugins, groups = [], minify = NAMED }) {
  const build = await rolldown({
    cwd: inPackage('.'),
    input,
    platform,
    preserveEntrySignatures: groups.length > 0 ? 'allow-extension' : 'exports-only',
    resolve: { mainFields: ['module', 'main'], conditionNames: ['module', 'import'] },
    external: [/^node:/, ...external],
    plugins,
  });
  const scripts = format === 'cjs';
  const { output } = await build.generate({
    dir: inPackage(folder),
    format,
    minify,
    entryFileNames: scripts ? '[name].cjs' : '[name].js',
    chunkFileNames: scripts ? '[name].cjs' : 'bundled/[name].js',
    dynamicImportInCjs: false,
    codeSplitting: { groups },
  });
  await build.close();
  return output;
}

function write(path, text) {
  mkdirSync(dirname(inPackage(path)), { recursive: true });
  writeFileSync(inPackage(path), text);
}

/** The packages whose modules are in a bundle: folders by name. */
function librariesIn(output) {
  const found = new Map();
  for (const id of output.flatMap(({ modules }) => Object.keys(modules ?? {}))) {
    const [folder, name] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/.exec(id.replaceAll('\\', '/')) ?? [];
    if (name) found.set(name, folder);
  }
  return found;
}

/** A package's licence; where it comes without its text, what its package.json says. */
function licenceIn(folder) {
  const texts = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  if (texts.length > 0) return texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `Licence: ${license}. By ${author?.name ?? author}`;
}

// The command first: its modules include those of promptassay/prompts as tsc wrote them.
const [command, ...others] = BUNDLES;
const api = (await bundle(command)).find(({ name }) => name === 'api');
write('dist/index.js', `import api from './bundled/api.cjs';\nexport const { ${api.exports.join(', ')} } = api;\n`);
for (const each of others) await bundle(each);
