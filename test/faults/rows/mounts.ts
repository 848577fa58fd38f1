import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { caseIds, says } from '../../cli/echo.js';
import { LIVE, type Scenario, shell } from '../scenario.js';

const LARGE = 'x'.repeat(100_000);
const live = '$assay eval --mode live --concurrency 1';

/** A disk of its own is seen by the processes of a mount namespace only, and ends with them. */
function mountsRefused(): string | undefined {
  const { status } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
  return status === 0 ? undefined : 'nobody lets us mount a disk here';
}

/** Lines of bash in a mount namespace. */
function withMounts(...lines: string[]): string {
  return `unshare -rm bash -c '${lines.join('; ')}'`;
}

/** What a disk that is full or read-only does to a run, for root, too, who is refused by nothing else. */
export const MOUNTS: readonly Scenario[] = [
  {
    id: 'X5c',
    fault: 'the disk of the reports is full: for the journal, for report.json alone',
    posix: true,
    unmet: mountsRefused,
    async run({ echoProject }) {
      const made = await echoProject({ cases: 4, script: (_seen, id) => says(`${id} ${LARGE}`) });
      for (const [size, file, flag] of [
        ['256k', 'run.jsonl', ''],
        ['600k', 'report.json', ''],
        ['600k', 'report.json', '--json'],
      ] as const) {
        if (made.has('kept')) made.remove('kept');
        made.write('kept/code', '');
        made.server.forget();
        const { stderr } = await shell(
          made,
          withMounts(
            'mkdir -p reports && mount -t tmpfs -o size=' + size + ' tmpfs reports',
            live + ` ${flag} > kept/said`,
            'echo $? > kept/code && cp -r reports kept/full',
            'mount -o remount,size=20m reports',
            live + ' --resume',
            'echo $? >> kept/code && cp -r reports kept/room',
          ),
        );
        expect(stderr).toMatch(new RegExp(`${file}[^]*no space is left on the disk`));
        expect(made.read('kept/code')).toBe('3\n0\n');
        // What the journal has no room for has no verdict; what only a report has none for is told.
        const said = made.read('kept/said');
        const verdict = /^passed · .* · exit 3$/m;
        if (file === 'report.json') expect(flag === '' ? said : stderr).toMatch(verdict);
        // With --json nothing goes to standard output but the report.
        if (file !== 'report.json' || flag !== '') expect(said).toBe('');
        // Whole files or none, and each case was paid for once.
        const left = made.files('kept/full');
        expect(left.filter((each) => each.endsWith('.tmp'))).toEqual([]);
        expect(left).not.toContain('kept/full/report.json');
        expect(Object.values(made.asked()).every((times) => times <= 2)).toBe(true);
        expect(Object.keys(made.asked())).toEqual(caseIds(4));
        expect(JSON.parse(made.read('kept/room/report.json'))).toMatchObject({
          exitCode: 0,
          trials: { planned: 4, completed: 4, errored: 0, skipped: 0 },
        });
      }
      return 'exit 3, resumed with exit 0';
    },
  },
  {
    id: 'X6b',
    fault: 'the folder of the reports, or of recordings, is on a disk that is read-only',
    posix: true,
    unmet: mountsRefused,
    async run({ echoProject }) {
      const made = await echoProject({ cases: 1 });
      for (const [folder, mode] of [
        ['reports', 'live'],
        ['fixtures', 'record'],
      ]) {
        const { code, stderr } = await shell(
          made,
          withMounts(
            `mkdir -p ${folder} && mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder}`,
            `$assay eval --mode ${mode}`,
          ),
        );
        expect(stderr).toMatch(new RegExp(`${folder}[^]*the file system is read-only|a file system that is read-only`));
        expect(code, stderr).toBe(folder === 'reports' ? 2 : 3);
      }
      expect(made.server.requests).toEqual([]);
      expect((await made.evaluate(LIVE)).code).toBe(0);
      return 'exit 2, exit 3, before any call';
    },
  },
];
