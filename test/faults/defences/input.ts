import type { Defence } from '../weakened.js';

/** The defences against input that is wrong. */
export const INPUT_DEFENCES: readonly Defence[] = [
  {
    what: 'ids that differ in case only are equal',
    edits: [['library/ids.js', 'return id.normalize', 'return id; return id.normalize']],
    row: 'I3',
  },
  {
    what: 'a key that is given twice is a mistake, in YAML',
    edits: [['library/yaml.js', 'else if (Object.hasOwn(object, name))', 'else if (false)']],
    row: 'I2',
  },
  {
    what: 'a key that is given twice is a mistake, in JSON',
    edits: [['library/json.js', 'if (Object.hasOwn(object, key))', 'if (false)']],
    row: 'I2',
  },
  {
    what: 'a baseline is of this version, by its number and by its schema',
    edits: [
      ['library/baseline.js', 'value.schemaVersion !== 1', 'false'],
      ['library/baseline.js', "return checked(baselineSchema, read.source, report, 'the baseline');", 'return value;'],
    ],
    row: 'I15',
  },
  {
    what: 'a key that is missing is told before a run, and where the key is taken',
    edits: [
      ['providers/open.js', "found.push(problems['missing-key'](provider, keys));", '{}'],
      [
        'providers/sdk-settings.js',
        "throw new UserError([problems['missing-key'](context.name, [variable])]);",
        'return MADE_UP;',
      ],
    ],
    row: 'I20',
    endless: true,
  },
  {
    what: 'a pattern takes linear time where that can be had',
    edits: [['patterns/pattern.js', "if (source === undefined || flags.includes('m'))", 'if (true)']],
    row: 'I8b',
  },
  {
    what: 'a pattern that may take for ever has its time',
    edits: [['assertions/regex.js', 'testInWorker(pattern, text, TIME_LIMIT)', 'testInWorker(pattern, text)']],
    row: 'I8b',
    endless: true,
  },
  {
    what: "a schema's pattern that may take for ever has its time",
    edits: [['patterns/in-time.js', '{ timeout: limitMs }', '{}']],
    row: 'I8b',
    endless: true,
  },
  {
    what: 'a file is read up to a size only',
    edits: [
      ['library/yaml.js', 'if (text.length > MAX_YAML)', 'if (false)'],
      ['library/plain-yaml.js', 'text.length > MAX_YAML || ', ''],
    ],
    row: 'I11',
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
