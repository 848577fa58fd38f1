/** A stream of random numbers that is the same for the same seed, on every machine. */
export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number;
  /** Fills the array with 32 random bits each. */
  fill(target: Uint32Array): void;
  /** A whole number, uniform in 0 … n − 1, for n up to 2^32. */
  below(n: number): number;
}

/**
 * Seeded random numbers: sfc32 (C. Doty-Humphrey, PractRand), whose state is filled from the seed's UTF-16 units by the FNV-1a
 * hash (Fowler, Noll, Vo) under four offsets. Not for secrets.
 */
export function seeded(seed: string): Random {
  let a = fnv(seed, 0x811c9dc5);
  let b = fnv(seed, 0x01000193);
  let c = fnv(seed, 0x9e3779b9);
  let counter = fnv(seed, 0x85ebca6b) | 1;
  const fill = (target: Uint32Array): void => {
    // Local copies: a tight loop over them is several times faster than over captured variables.
    let [x, y, z, count] = [a, b, c, counter];
    for (let index = 0; index < target.length; index += 1) {
      const sum = (x + y + count) | 0;
      count = (count + 1) | 0;
      x = y ^ (y >>> 9);
      y = (z + (z << 3)) | 0;
      z = (((z << 21) | (z >>> 11)) + sum) | 0;
      target[index] = sum;
    }
    [a, b, c, counter] = [x, y, z, count];
  };
  fill(new Uint32Array(15));
  const ready = new Uint32Array(64);
  let used = ready.length;
  const step = (): number => {
    if (used === ready.length) {
      fill(ready);
      used = 0;
    }
    used += 1;
    return ready[used - 1] ?? 0;
  };
  return { fill, next: () => step() / 2 ** 32, below: (n) => Math.floor((step() / 2 ** 32) * n) };
}

function fnv(text: string, offset: number): number {
  let hash = offset | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
