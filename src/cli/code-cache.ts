import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';

/** Where compiled code lies: in the package itself, so that whoever could change it could as well change the source beside it. */
const FOLDER = 'compiled';
const DIGEST_BYTES = 32;

/** The files of a CommonJS bundle, loaded with what V8 compiled of them in an earlier process. */
export interface CachedBundle {
  /**
   * @param file absolute, of the bundle
   * @returns its exports; throws what it throws
   */
  load(file: string): unknown;
  /**
   * Keeps what is compiled by now of the files that were loaded without compiled code, for the next process. Where the package
   * cannot be written to, nothing is kept.
   */
  keep(): void;
}

/**
 * Compiling a megabyte of source takes a third of a short run; reading what an earlier process compiled takes a tenth of that. Node 22
 * can do so for any module, Node 20 for scripts only, hence CommonJS. V8 takes compiled code only from its own version under the
 * same flags, of which `cachedDataVersionTag` tells, so flags are set before; and compares no more of the source than its
 * length, so the name of what is kept is a hash of both.
 */
export function cachedBundle(): CachedBundle {
  const fresh = new Map<string, Script>();
  const require = createRequire(import.meta.url);

  function load(file: string): unknown {
    const known = require.cache[file];
    if (known) return known.exports;
    const module = new Module(file);
    module.filename = file;
    // Where Node's own loader looks, too: an import of the package's API gets these modules, not second ones.
    require.cache[file] = module;
    const folder = dirname(file);
    const requireHere = (id: string): unknown => (id.startsWith('./') ? load(join(folder, id)) : require(id));
    try {
      const run = compiled(file).runInThisContext() as (...scope: unknown[]) => void;
      run.call(module.exports, module.exports, Object.assign(requireHere, require), module, file, folder);
    } catch (error) {
      delete require.cache[file];
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  function compiled(file: string): Script {
    const bytes = readFileSync(file);
    const kept = keptName(file, bytes);
    const cachedData = readWhole(kept);
    // Decoding as UTF-8 takes Node 20 longer than compiling.
    const source = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
    // What is compiled before has no way to `import()` in Node 20: the bundle requires.
    const script = new Script(Module.wrap(source), { filename: file, ...(cachedData && { cachedData }) });
    if (cachedData === undefined || script.cachedDataRejected) fresh.set(kept, script);
    return script;
  }

  function keep(): void {
    for (const [kept, script] of fresh) {
      try {
        writeWhole(kept, script.createCachedData());
      } catch {
        return;
      }
    }
  }

  return { load, keep };
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function keptName(file: string, source: Buffer): string {
  const hash = sha256(source).toString('hex', 0, 8);
  return join(dirname(file), FOLDER, `${basename(file, '.cjs')}-${hash}-${cachedDataVersionTag().toString(16)}.bin`);
}

/** What `writeWhole` wrote: V8 would run what is damaged, so a digest stands before it. */
function readWhole(file: string): Buffer | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return undefined;
  }
  const code = bytes.subarray(DIGEST_BYTES);
  return sha256(code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : undefined;
}

function writeWhole(file: string, code: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  const begun = `${file}.${process.pid}`;
  try {
    writeFileSync(begun, Buffer.concat([sha256(code), code]), { flag: 'wx' });
    renameSync(begun, file);
  } catch (error) {
    rmSync(begun, { force: true });
    throw error;
  }
}
