import { logChoose } from './gamma.js';

/**
 * pass@k: the chance that at least one of k trials passes, estimated without bias from c passes in n trials,
 * 1 − C(n − c, k) / C(n, k) (Chen et al. 2021, arXiv:2107.03374).
 * @returns undefined where fewer than k trials were made
 */
export function passAtK(n: number, c: number, k: number): number | undefined {
  if (k > n) return undefined;
  return 1 - Math.exp(logChoose(n - c, k) - logChoose(n, k));
}

/**
 * pass^k: the chance that all of k trials pass, estimated without bias from c passes in n trials, C(c, k) / C(n, k)
 * (Yao et al. 2024, arXiv:2406.12045).
 * @returns undefined where fewer than k trials were made
 */
export function allOfK(n: number, c: number, k: number): number | undefined {
  if (k > n) return undefined;
  return Math.exp(logChoose(c, k) - logChoose(n, k));
}
