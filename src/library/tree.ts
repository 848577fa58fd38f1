/**
 * The files of a project as they are in a folder, or as they were in a git commit: the library is read through this and cannot
 * tell the difference. Paths are relative to the project root, `/` on every system.
 */
export interface Tree {
  /** Names the tree in messages: `working tree`, or a commit. */
  readonly name: string;
  /** Files that match any of the glob patterns, sorted. Never follows a link out of the root. */
  glob(patterns: readonly string[], ignore?: readonly string[]): string[];
  /** Whether there is such a file. */
  has(path: string): boolean;
  /** Whether there is such a folder; absent where that is no quicker to tell than whether a file in it is there. */
  hasFolder?(path: string): boolean;
  /**
   * The file's text: UTF-8 with its BOM taken off; line endings as they are.
   * @throws UserError when there is none, it leads outside, or it is not UTF-8
   */
  read(path: string): string;
  /** Tells what of many files is about to be read: a tree for which each file takes long reads these together. */
  expect?(paths: readonly string[]): void;
  /** The file's lines, some at a time, for data sets too large for memory. @throws as `read` */
  lines(path: string): AsyncIterable<readonly string[]>;
  /** What the file holds, be it text or not, piece by piece. @throws UserError when there is none, or it leads outside */
  bytes(path: string): AsyncIterable<Uint8Array>;
}
