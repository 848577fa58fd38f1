import type { Defence } from '../weakened.js';

/** The defences against input that is wrong. */
export const INPUT_DEFENCES: readonly Defence[] = [
  {
    what: 'a key that is given twice in JSON is a mistake',
    edits: [['library/json.js', "throw new Fault(make['duplicate-key'](key, this.place(start)));", '{}']],
    row: 'I2',
  },
  {
    what: 'ids that differ in case only are equal',
    edits: [['library/cases.js', 'const key = foldId(id);', 'const key = id;']],
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
    what: 'a baseline of another version is refused',
    edits: [['library/baseline.js', 'value.schemaVersion !== 1', 'false']],
    row: 'I15',
  },
  {
    what: 'aliases are bounded',
    edits: [['library/yaml.js', "return this.refuse(make['too-many-aliases'], node);", '{}']],
    row: 'I16',
  },
  {
    what: 'times that no timer can wait for are refused',
    edits: [['cli/values.js', 'if (ms > LONGEST_MS)', 'if (false)']],
    row: 'I18',
  },
  {
    what: 'keys are looked for before the run',
    edits: [
      [
        'providers/sdk-settings.js',
        'return [...problemsOf(() => apiKey(context, baseUrl(context, defaults), defaults))];',
        'return [];',
      ],
    ],
    row: 'I20',
  },
];
