import type { Defence } from '../weakened.js';

/** The defences against what happens to a process and its files. */
export const PROCESS_DEFENCES: readonly Defence[] = [
  {
    what: 'the first signal ends the run in good order',
    edits: [['cli/interrupt.js', 'controller.abort();', '']],
    row: 'X3',
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
