const BYTES = Float64Array.BYTES_PER_ELEMENT;

/**
 * The smallest value that at least the share p of the values does not exceed (nearest rank: one that was measured). A million values
 * are neither sorted nor copied: they are gone through once for each byte of the answer, whose bytes as a number in memory are in the
 * order of the numbers.
 * @param values none is negative
 * @returns undefined for no values
 */
export function quantile(values: Iterable<number> & { readonly length: number }, p: number): number | undefined {
  if (values.length === 0) return undefined;
  const answer = new DataView(new ArrayBuffer(BYTES));
  const one = new DataView(new ArrayBuffer(BYTES));
  /** Those that are smaller, among the values that begin as the answer does. */
  let smaller = Math.max(0, Math.ceil(p * values.length) - 1);
  for (let at = 0; at < BYTES; at += 1) {
    const counts = new Uint32Array(256);
    const [least, most] = boundsOf(answer, at);
    for (const value of values) {
      if (value < least || value > most) continue;
      one.setFloat64(0, value);
      const byte = one.getUint8(at);
      counts[byte] = (counts[byte] ?? 0) + 1;
    }
    let byte = 0;
    for (let count = counts[0] ?? 0; count <= smaller && byte < 255; count = counts[byte] ?? 0) {
      smaller -= count;
      byte += 1;
    }
    answer.setUint8(at, byte);
  }
  return answer.getFloat64(0);
}

/** The numbers that begin with the first bytes of another. Of the greatest numbers the upper one is none, which none exceeds. */
function boundsOf(number: DataView, bytes: number): [number, number] {
  const most = new DataView(new ArrayBuffer(BYTES));
  for (let at = 0; at < BYTES; at += 1) most.setUint8(at, at < bytes ? number.getUint8(at) : 0xff);
  return [bytes === 0 ? 0 : number.getFloat64(0), bytes === 0 ? Number.POSITIVE_INFINITY : most.getFloat64(0)];
}
