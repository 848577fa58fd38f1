/**
 * Matches whole names of models: `*` stands for any characters, slashes among them, as names of models have some. No regular
 * expression: with many `*` it would try every way to share a long name among them.
 */
export function modelPattern(pattern: string): { test(name: string): boolean } {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return { test: (name) => name === first };
  return {
    test(name) {
      if (!name.startsWith(first) || !name.endsWith(last)) return false;
      let at = first.length;
      // The first place that fits is as good as any later one, as it leaves most for the others.
      for (const part of rest) {
        const found = name.indexOf(part, at);
        if (found === -1) return false;
        at = found + part.length;
      }
      return at + last.length <= name.length;
    },
  };
}
