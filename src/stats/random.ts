/** A stream of random numbers that is the same for the same seed, on every machine. */
export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number;
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
  const step = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 15; warmUp += 1) step();
  return { next: () => step() / 2 ** 32, below: (n) => Math.floor((step() / 2 ** 32) * n) };
}

function fnv(text: string, offset: number): number {
  let hash = offset | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
