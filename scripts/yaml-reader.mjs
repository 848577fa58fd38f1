const LOADER = '/js-yaml/lib/loader.js';
const ENTRY = `export { load } from '../lib/loader.js';
export { default as FAILSAFE_SCHEMA } from '../lib/schema/failsafe.js';
export { default as Type } from '../lib/type.js';
export { default as YAMLException } from '../lib/exception.js';`;

/**
 * For bundles: of js-yaml only what reads, as ES modules. V8 parses the functions that else stand for its CommonJS modules twice,
 * once to skip and once to run them. Its default schema is left out: our reader names its own.
 */
export const yamlReader = {
  name: 'yaml-reader',
  resolveId: (id, importer) =>
    id === './schema/default.js' && posix(importer ?? '').endsWith(LOADER)
      ? importer.replace(/loader\.js$/, 'schema/failsafe.js')
      : null,
  load: (id) => (posix(id).endsWith('/js-yaml/dist/js-yaml.mjs') ? ENTRY : null),
  transform: (code, id) => (posix(id).includes('/js-yaml/lib/') ? asModule(code) : null),
};

const posix = (path) => path.replaceAll('\\', '/');

/** js-yaml's modules as they are written: one require a line, or some within a call; one export, or one a line. */
function asModule(code) {
  const imports = [];
  const take = (name, from) => {
    imports.push(`import ${from.endsWith('/common') ? '* as ' : ''}${name} from '${from}.js';`);
    return name;
  };
  const body = code
    .replaceAll(/^const (\w+) = require\('([^']+)'\)$/gm, (_, name, from) => `// ${take(name, from)}`)
    .replaceAll(/\brequire\('([^']+)'\)/g, (_, from) => take(`required${imports.length}`, from))
    .replaceAll(/^module\.exports\.(\w+) = \1$/gm, 'export { $1 };')
    .replace(/^module\.exports = /m, 'export default ');
  if (/\brequire\(|\bmodule\.exports\b/.test(body))
    throw new Error('js-yaml is written in another way than yamlReader takes it');
  return [...imports, body].join('\n');
}
