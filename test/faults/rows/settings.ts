import { beside, cased, type InputRow, type Mistake, SOUND } from '../mistake.js';

const gate = (lines: string): Mistake['files'] => ({
  ...SOUND,
  'assay.config.yaml': ['models: [mock:echo]', `gate: ${lines}`],
});

/** Settings, flags and keys. */
export const SETTINGS: readonly InputRow[] = [
  {
    id: 'I14',
    fault: 'thresholds: NaN, a text, 80, -1, infinity',
    tries: [
      { files: gate('{ minPassRate: .nan }'), says: [/assay\.config\.yaml:2:22 .*NaN is not a number/] },
      { files: gate('{ tolerance: .inf }'), says: [/assay\.config\.yaml:2:20 .*not a number/] },
      {
        files: gate('{ minPassRate: "0.8", tolerance: 80, detect: -1}'),
        says: [/minPassRate/, /tolerance/, /detect/],
      },
      {
        files: { ...SOUND, ...beside('over', cased('{ type: levenshtein, value: x, threshold: -1 }')) },
        says: [/threshold/],
      },
    ],
  },
  {
    id: 'I18',
    fault: 'concurrency and times that cannot be',
    tries: [
      ...['0', '-1', '2.5', '1e9'].map(
        (value): Mistake => ({ files: SOUND, flags: ['--concurrency', value], says: [/whole number/] }),
      ),
      ...['0s', '600h', '5'].map(
        (value): Mistake => ({ files: SOUND, flags: ['--timeout', value], says: [/duration/] }),
      ),
      {
        files: { ...SOUND, 'assay.config.yaml': ['models: [mock:echo]', 'concurrency: 0'] },
        says: [/assay\.config\.yaml:2:\d+ .*concurrency/],
      },
    ],
  },
  {
    id: 'I20',
    fault: 'a key that is missing: for a provider in use, for one that is not',
    tries: [
      {
        files: {
          ...SOUND,
          'assay.config.yaml': [
            'providers: { own: { type: openai, baseURL: "https://models.invalid/v1", apiKeyEnv: OWN_KEY } }',
            'models: [own:x]',
            'mode: live',
          ],
        },
        flags: ['--allow-host', 'models.invalid'],
        says: [/needs OWN_KEY/],
      },
      {
        files: { ...SOUND, 'assay.config.yaml': ['models: [openai:gpt-5-mini]', 'mode: live'] },
        says: [/needs OPENAI_API_KEY/],
      },
      {
        files: {
          ...SOUND,
          'assay.config.yaml': [
            'providers: { other: { type: openai, apiKeyEnv: OTHER } }',
            'models: [mock:echo]',
            'mode: live',
          ],
        },
        code: 0,
        says: [/passed/],
      },
    ],
  },
];
