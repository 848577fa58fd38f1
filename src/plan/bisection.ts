/**
 * The search for the change that made things worse, in a history with branches: pure, knowing nothing of commits or prompts. A
 * candidate is worse if it or any candidate before it made things worse; so each test rules out what comes before, or all but that.
 */

/** A change among those that are searched. */
export interface Candidate {
  id: string;
  /** The candidates directly before it; several where branches were joined. */
  parents: readonly string[];
}

/** What is known of a candidate. `unknown`: it could not be told, and is asked for no more. */
export type Finding = 'worse' | 'not-worse' | 'unknown';

/** What to do next, or what was found. */
export type BisectionStep =
  | {
      next: string;
      /** Tests that are needed at most, this one included, if all can be told. */
      atMost: number;
      /** Candidates that may be tested where some cannot be told, this one included. */
      untested: string[];
      /** Those that it may be as far as is known yet; the last one comes after all others. */
      suspects: string[];
    }
  | { culprit: string }
  /** One of these it is: what was between them could not be told. The last one comes after all others. */
  | { suspects: string[] }
  /** Not even the last candidate is worse. */
  | { nothing: true };

/**
 * The next step of the search, from what is known so far.
 *
 * The last candidate is said to be worse, and need not be tested first: it is tested when nothing before it is worse. So that there
 * are n + 1 outcomes for n candidates, and ⌈log2(n + 1)⌉ = ⌊log2 n⌋ + 1 tests tell them apart where the history is a line.
 * @param candidates all of them; none may come before itself
 * @param last the one that comes after all others: only what comes before it is searched
 */
export function bisectionStep(
  candidates: readonly Candidate[],
  last: string,
  findings: ReadonlyMap<string, Finding>,
): BisectionStep {
  const before = ancestry(candidates);
  const found = (finding: Finding) => [...findings].flatMap(([id, each]) => (each === finding ? [id] : []));
  let open = new Set(before(last));
  // What is worse and was mended again explains nothing: what comes before a good one is ruled out first.
  for (const id of found('not-worse')) for (const each of before(id)) open.delete(each);
  let top = last;
  for (const id of found('worse')) {
    if (open.has(id)) [top, open] = [id, new Set([...before(id)].filter((each) => open.has(each)))];
  }
  if (open.size === 0) return { nothing: true };
  const tested = findings.get(top) === 'worse';
  if (tested && open.size === 1) return { culprit: top };
  const total = open.size + (tested ? 0 : 1);
  let best: { id: string; split: number; count: number } | undefined;
  // Among equals the oldest, since the last one is most likely as bad as it is said to be.
  const untested = candidates.flatMap(({ id }) => (open.has(id) && !findings.has(id) ? [id] : []));
  for (const id of untested) {
    const count = [...before(id)].filter((each) => open.has(each)).length;
    const split = Math.min(count, total - count);
    if (!best || split > best.split || (split === best.split && count < best.count)) best = { id, split, count };
  }
  const suspects = [...candidates.map(({ id }) => id).filter((id) => open.has(id) && id !== top), top];
  return best ? { next: best.id, atMost: Math.ceil(Math.log2(total)), untested, suspects } : { suspects };
}

/** Finds a candidate with all that come before it. */
function ancestry(candidates: readonly Candidate[]): (id: string) => ReadonlySet<string> {
  const parents = new Map(candidates.map((each) => [each.id, each.parents]));
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const found = known.get(id);
    if (found) return found;
    const all = new Set([id]);
    for (const each of all) for (const parent of parents.get(each) ?? []) if (parents.has(parent)) all.add(parent);
    known.set(id, all);
    return all;
  };
}
