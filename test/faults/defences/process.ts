import type { Defence } from '../weakened.js';

/** The defences against what happens to a process and its files. */
export const PROCESS_DEFENCES: readonly Defence[] = [
  {
    what: 'the first signal ends the run in good order',
    edits: [['cli/interrupt.js', 'controller.abort();', '']],
    row: 'X3',
  },
  {
    what: 'a terminal that is closed ends the run in good order',
    edits: [['exit-codes.js', 'SIGHUP: EXIT.hungUp,', '']],
    row: 'X3b',
  },
  {
    what: 'a signal is told when nothing is left to be stopped',
    edits: [['pipeline/evaluate.js', 'options.onSettled?.();', '']],
    row: 'X1b',
  },
  {
    what: 'the verdict is told where a report cannot be written',
    edits: [['pipeline/conclude.js', 'await unwritten?.(', 'void (']],
    row: 'X5d',
  },
  {
    what: 'folders are not looked for without end',
    edits: [['journal/folders.js', 'await mkdir(path);', 'await mkdir(path, { recursive: true });']],
    row: 'X6',
    endless: true,
  },
  {
    what: 'a lock that cannot be made is named',
    edits: [['journal/journal.js', 'throw writeTrouble(`${path}.lock`,', 'throw writeTrouble(path,']],
    row: 'X14b',
  },
  {
    what: 'trouble with the disk is told in words, and ends the run',
    edits: [['journal/write-trouble.js', 'if (code === undefined)\n        return error;', 'return error;']],
    row: 'X5',
  },
  {
    what: "two runs keep out of each other's files",
    edits: [['journal/lock.js', "flag: 'wx'", "flag: 'w'"]],
    row: 'X12',
    endless: true,
  },
  {
    what: 'the lock of a process that is no more is taken over',
    edits: [['journal/lock.js', ': !isAlive(owner.pid);', ': false;']],
    row: 'X4',
  },
  {
    what: 'the journal of another run is refused',
    edits: [['journal/journal.js', 'if (difference)', 'if (false)']],
    row: 'X13',
  },
  {
    what: 'what a function answers is checked',
    edits: [['providers/module.js', '...completionFrom(completion, this.context.name)', '...completion']],
    row: 'X15',
  },
  {
    what: 'code that ends the process makes no verdict',
    edits: [['cli/stray.js', 'process.exitCode = EXIT.unverified;', '']],
    row: 'X15b',
  },
  {
    what: 'a rejection that nobody waits for makes the run unverified',
    edits: [['pipeline/evaluate.js', '...(world.strays?.() ?? []),', '']],
    row: 'R13',
  },
  {
    what: 'an error that nobody can catch ends no run',
    edits: [['cli/stray.js', "process.on('uncaughtException',", "process.on('neverHappens',"]],
    row: 'R13b',
  },
  {
    what: 'control characters are kept from the terminal',
    edits: [
      [
        'trust/escape.js',
        "return withoutSequences(text)\n        .replace(CONTROLS, '')\n        .replace(REORDERING",
        'return text\n        .replace(REORDERING',
      ],
    ],
    row: 'X16',
  },
];
