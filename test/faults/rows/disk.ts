import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CASES, casesFile, says } from '../../cli/echo.js';
import type { Outcome } from '../../support/project.js';
import { expectRefused, expectRun, LIVE, REPORT, type Scenario, shell } from '../scenario.js';

const LARGE = 'x'.repeat(100_000);
const live = '$assay eval --mode live';

/** What a disk, a pipe or a terminal does to a run. */
export const DISK: readonly Scenario[] = [
  {
    id: 'X5',
    fault: 'a file grows beyond what is allowed, in the middle of the run',
    posix: true,
    async run({ echoProject }) {
      const made = await echoProject({ cases: 8, script: (_seen, id) => says(`${id} ${LARGE}`) });
      expect((await made.evaluate()).code).toBe(0);
      const earlier = [REPORT, 'reports/history.jsonl'].map((file) => made.read(file));
      const { code, stderr } = await shell(made, `ulimit -f 300; ${live} --concurrency 2`);
      expect(stderr).toMatch(/run\.jsonl[^]*larger than a file may be/);
      expect(code).toBe(3);
      // What is there is whole, and said to be older.
      expect(stderr).toMatch(/report\.json was written before this command/);
      expect([REPORT, 'reports/history.jsonl'].map((file) => made.read(file))).toEqual(earlier);
      expectRun(made, await made.evaluate([...LIVE, '--resume']), 0);
      return `exit ${code}`;
    },
  },
  {
    id: 'X5d',
    fault: 'the history has grown beyond what is allowed',
    posix: true,
    async run({ echoProject }) {
      const made = await echoProject({ cases: 1, files: { 'reports/history.jsonl': `${LARGE.repeat(4)}\n` } });
      const { code, stderr, stdout } = await shell(made, `ulimit -f 300; ${live}`);
      expect(stderr).toMatch(/history\.jsonl: it would be larger than a file may be/);
      expect(code, stderr).toBe(3);
      // The verdict is known, and so are the reports, which are of this run.
      expect(stdout).toMatch(/^passed · .* · exit 3$/m);
      expect(stderr).not.toContain('was written before');
      expect(JSON.parse(made.read(REPORT))).toMatchObject({ verdict: 'passed' });
      return `exit ${code}`;
    },
  },
  {
    id: 'X5b',
    fault: 'standard output is a full disk',
    posix: true,
    async run({ echoProject }) {
      const made = await echoProject({ cases: 2 });
      const { code, stderr } = await shell(made, `${live} > /dev/full`);
      expect(stderr).toMatch(/standard output cannot be written: .*no space/i);
      expect(code).toBe(3);
      expect(made.has('reports/report.json')).toBe(true);
      return `exit ${code}`;
    },
  },
  {
    id: 'X6',
    fault: 'the output folder is a file, read-only, named too long, where none can be made; missing',
    async run({ echoProject }) {
      const made = await echoProject({ cases: 1, files: { taken: 'a file' } });
      const refused: [string, RegExp][] = [
        ['taken', /taken[^]*there is a file where a folder is needed/],
        ['x'.repeat(256), /its name is too long|ENAMETOOLONG/],
      ];
      // Folders that take no new ones.
      if (process.platform === 'linux') {
        refused.push(['/proc/none/here', /its folder is not there/], ['/dev/fd/none', /its folder is not there/]);
      }
      if (process.platform !== 'win32' && process.getuid?.() !== 0) {
        mkdirSync(join(made.root, 'locked'));
        chmodSync(join(made.root, 'locked'), 0o500);
        refused.push(['locked', /no permission/]);
      }
      for (const [out, words] of refused) expectRefused(made, await made.evaluate([...LIVE, '--out', out]), words);
      expect(made.server.requests).toEqual([]);
      expect((await made.evaluate([...LIVE, '--out', 'new/folder'])).code).toBe(0);
      expect(made.has('new/folder/report.json')).toBe(true);
      return 'exit 2 before any call; made';
    },
  },
  {
    id: 'X8',
    fault: 'a slow reader of 3 MB',
    posix: true,
    async run({ echoProject }) {
      const made = await echoProject({ cases: 30, script: (_seen, id) => says(`${id} ${LARGE}`) });
      const { code, stdout } = await shell(made, `${live} --json | (sleep 1; cat); exit $\{PIPESTATUS[0]}`);
      expect(code).toBe(0);
      expect(stdout.length).toBeGreaterThan(3_000_000);
      expect(stdout).toBe(made.read('reports/report.json'));
      return `exit 0, ${stdout.length} characters`;
    },
  },
  {
    id: 'X8b',
    fault: 'a reader that goes away',
    posix: true,
    async run({ echoProject }) {
      const made = await echoProject({ cases: 30, script: (_seen, id) => says(`${id} ${LARGE}`) });
      const { code, stderr } = await shell(made, `${live} --json | head -c 10; exit $\{PIPESTATUS[0]}`);
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('EPIPE') });
      return 'exit 0';
    },
  },
  {
    id: 'X11',
    fault: '30 answers of 1 MB in a heap of 36 MB',
    posix: true,
    async run({ echoProject }) {
      const text = 'y'.repeat(1_000_000);
      const made = await echoProject({
        cases: 30,
        config: ['concurrency: 2'],
        script: (_seen, id) => says(`${id} ${text}`),
      });
      const env = { NODE_OPTIONS: '--max-old-space-size=36' };
      const report = expectRun(made, await made.evaluate(LIVE, { env }), 0);
      expect(report.trials.completed).toBe(30);
      return 'exit 0';
    },
  },
  {
    id: 'X12',
    fault: 'two runs into one folder',
    async run({ echoProject }) {
      let second: Promise<Outcome> | undefined;
      const made = await echoProject({
        cases: 4,
        // The first run is answered when the second has ended.
        script: async ({ index }, id) => {
          second ??= made.evaluate();
          if (index < 4) await second;
          return says(id);
        },
      });
      const first = await made.evaluate();
      expect(await second).toMatchObject({ code: 2, stderr: expect.stringMatching(/run\.jsonl\.lock/) });
      expect(expectRun(made, first, 0).trials.completed).toBe(4);
      return 'exit 0 and 2';
    },
  },
  {
    id: 'X13',
    fault: 'the journal of another run is resumed',
    async run({ echoProject }) {
      const made = await echoProject({ cases: 2 });
      await made.evaluate();
      const [journal, report] = [made.read('reports/run.jsonl'), made.read(REPORT)];
      made.write(CASES, casesFile(['c01', 'c03']));
      const outcome = await made.evaluate([...LIVE, '--resume']);
      expectRefused(made, outcome, /cannot be resumed: .+ was .+ and is/, report);
      expect(made.read('reports/run.jsonl')).toBe(journal);
      return 'exit 2, with the field';
    },
  },
  {
    id: 'X14',
    fault: 'a recording that is damaged; no folder for new ones',
    async run({ echoProject }) {
      const made = await echoProject({ cases: 2 });
      expect((await made.evaluate(['--mode', 'record'])).code).toBe(0);
      const report = made.read(REPORT);
      const [file = ''] = made.files('fixtures');
      made.write(file, made.read(file).replace('"completion"', '"complet'));
      expectRefused(made, await made.evaluate([]), /echo\.jsonl:1:\d+[^]*cannot be read/, report);
      made.remove('fixtures');
      made.write('fixtures', 'a file');
      made.server.forget();
      const { code, stderr } = await made.evaluate(['--mode', 'record']);
      expect(stderr).toMatch(/fixtures[^]*there is a file where a folder is needed/);
      expect([2, 3]).toContain(code);
      expect(made.server.requests).toEqual([]);
      return `exit 2; exit ${code}`;
    },
  },
  {
    id: 'X14b',
    fault: 'a folder where a lock is made: of the journal, of recordings',
    async run({ echoProject }) {
      const made = await echoProject({ cases: 1, files: { 'reports/run.jsonl.lock/taken': '' } });
      expectRefused(
        made,
        await made.evaluate(),
        /cannot write .*run\.jsonl\.lock: there is a folder[^]*--out <folder>/,
      );
      made.remove('reports');
      const lock = 'fixtures/recordings/echo.jsonl.new.lock';
      made.write(`${lock}/taken`, '');
      const { code, stderr } = await made.evaluate(['--mode', 'record']);
      expect(stderr).toContain(`cannot write ${lock}: there is a folder of this name`);
      // Nothing moves recordings.
      expect(stderr).not.toContain('--out');
      expect(code).toBe(3);
      expect(made.server.requests).toEqual([]);
      return `exit 2; exit ${code}`;
    },
  },
  {
    id: 'X16',
    fault: 'no terminal: TERM=dumb, NO_COLOR, CI, 20 columns',
    async run({ echoProject }) {
      const made = await echoProject({ cases: 2, script: () => says('\u001b[31mno such\u001b]0;title\u0007\u009b2J') });
      const env = { TERM: 'dumb', NO_COLOR: '1', CI: 'true', COLUMNS: '20' };
      const { stdout, stderr } = await made.evaluate(LIVE, { env });
      // oxlint-disable-next-line no-control-regex -- they are what it is about
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(stdout).toContain('no such');
      return 'no control characters';
    },
  },
];
