import type { Defence } from '../weakened.js';

/** The defences against input that is wrong. */
export const INPUT_DEFENCES: readonly Defence[] = [
  {
    what: 'ids that differ in case only are equal',
    edits: [['library/ids.js', 'return id.normalize', 'return id; return id.normalize']],
    row: 'I3',
  },
  {
    what: 'a variable that is missing is a mistake',
    edits: [['library/case.js', "note(make['missing-variable'](", "((problem) => problem)(make['missing-variable']("]],
    row: 'I6',
  },
  {
    what: 'a value that every answer passes is a mistake',
    edits: [['assertions/text.js', "return text === '' && !emptyAllowed ? [EMPTY] : [];", 'return [];']],
    row: 'I19',
  },
  {
    what: 'a run of nothing is no pass',
    edits: [['gate/general.js', 'if (evals.length === 0 || trials.planned === 0)', 'if (false)']],
    row: 'I12',
  },
  {
    what: 'aliases are bounded',
    edits: [['library/yaml.js', "return this.refuse(make['too-many-aliases'], node);", '{}']],
    row: 'I16',
    endless: true,
  },
  {
    what: 'times that no timer can wait for are refused',
    edits: [['cli/values.js', 'if (ms > LONGEST_MS)', 'if (false)']],
    row: 'I18',
  },
];
