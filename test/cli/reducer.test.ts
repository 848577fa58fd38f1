import { describe, expect } from 'vitest';
import { readXml } from '../reports/xml.js';
import { echo, type EchoProject, PROMPT, says } from './echo.js';
import { descendants, expectReports } from './report.js';
import { test } from './test.js';

/** How a project's run came out: per case, and the mean of `pass`. */
async function outcomes(made: EchoProject): Promise<{ passed: string[]; pass: number | undefined; code: number }> {
  const outcome = await made.evaluate();
  const report = expectReports(made, outcome);
  const cases = descendants(readXml(made.read('reports/junit.xml')), ['testcase']).filter(
    ({ attributes }) => attributes.classname === 'echo [local:echo]',
  );
  return {
    passed: cases.filter(({ children }) => children.length === 0).map(({ attributes }) => attributes.name ?? ''),
    pass: report.evals[0]?.metrics['pass']?.mean,
    code: outcome.code,
  };
}

describe.concurrent('the reducer', () => {
  test('folds the repeats of a case in report, JUnit and gate alike', async ({ echoProject }) => {
    // Of four repeats c01 passes all, c02 two and c03 none.
    const asked = new Map<string, number>();
    const made = await echoProject({
      config: ['repeats: 4'],
      script(seen, id) {
        const count = (asked.get(id) ?? 0) + 1;
        asked.set(id, count);
        return id === 'c03' || (id === 'c02' && count % 2 === 0) ? says('something else') : echo(seen);
      },
    });
    const front = (reducer: string) => made.write(PROMPT, `---\ngate: { reducer: ${reducer} }\n---\n{{text}}\n`);
    expect(await outcomes(made)).toEqual({ passed: ['c01'], pass: 0.5, code: 1 });
    front('any');
    expect(await outcomes(made)).toMatchObject({ passed: ['c01', 'c02'], pass: 2 / 3 });
    front('all');
    expect(await outcomes(made)).toMatchObject({ passed: ['c01'], pass: 1 / 3 });
    front('at-least-2');
    expect(await outcomes(made)).toMatchObject({ passed: ['c01', 'c02'], pass: 2 / 3 });
  });

  test('needs as many repeats as it folds, and a name that it knows', async ({ echoProject }) => {
    const made = await echoProject({ front: ['gate: { reducer: pass@3 }'], config: ['repeats: 3'] });
    const flagged = await made.assay(['eval', '--mode', 'live', '--repeats', '2']);
    expect(flagged.code).toBe(2);
    expect(flagged.stderr).toContain('the reducer pass@3 folds 3 repeats, but a case may get only 2');
    made.write(PROMPT, '---\nrepeats: 1\ngate: { reducer: at-least-2 }\n---\n{{text}}\n');
    const written = await made.assay(['check']);
    expect(written.code).toBe(2);
    expect(written.stdout).toMatch(/echo\.prompt\.md:3:18.*at-least-2 folds 2 repeats, but a case may get only 1/);
    made.write(PROMPT, '---\ngate: { reducer: median }\n---\n{{text}}\n');
    expect((await made.assay(['check'])).stdout).toContain('gate.reducer must be written like "mean"');
  });
});
