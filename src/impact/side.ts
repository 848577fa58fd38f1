import type { AssertionDefinition } from '../assertions/assertion.js';
import type { Tree } from '../library/tree.js';
import type { Library } from '../vocabulary.js';

/** A library as it is, or was, with the files it was read from. */
export interface Side {
  tree: Tree;
  library: Library;
  assertions: ReadonlyMap<string, AssertionDefinition>;
}
