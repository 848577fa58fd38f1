import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { says } from '../../cli/echo.js';
import { expectReports } from '../../cli/report.js';
import { CANARY, expectNoSecret } from '../../support/canary.js';
import type { RunReport } from '../../support/project.js';
import { REPORT, type Scenario, shell } from '../scenario.js';

/** What a program may do with the public API. */
export const LIBRARY_USE: readonly Scenario[] = [
  {
    id: 'R15',
    fault: 'two runs at a time in one process, with a key and a server each',
    posix: true,
    async run({ echoProject }) {
      const sides = await Promise.all(
        ['one', 'two'].map(async (name) => ({
          name,
          key: `${name}_${CANARY}`,
          made: await echoProject({
            cases: 16,
            provider: `api: chat, apiKeyEnv: ${name}_KEY`,
            script: (_seen, id) => ({ delayMs: 20, ...says(`${id} by ${name}`) }),
          }),
        })),
      );
      const [{ made }] = sides as [(typeof sides)[number]];
      made.write('both.mjs', [
        `import { evaluate } from ${JSON.stringify(pathToFileURL(join(made.build, 'index.js')).href)};`,
        `const roots = ${JSON.stringify(sides.map((side) => side.made.root))};`,
        "const ended = await Promise.all(roots.map((cwd) => evaluate({ cwd, mode: 'live' })));",
        'for (const each of ended) each.close();',
        'console.log(ended.map(({ verdict }) => verdict.verdict).join());',
      ]);
      const keys = sides.map(({ name, key }) => `${name}_KEY=${key}`).join(' ');
      const outcome = await shell(made, `${keys} "${process.execPath}" both.mjs`);
      expect(outcome).toMatchObject({ code: 0, stdout: 'passed,passed\n' });
      for (const side of sides) {
        const { server } = side.made;
        expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
          new Set([`Bearer ${side.key}`]),
        );
        expect(server.requests).toHaveLength(16);
        const report = JSON.parse(side.made.read(REPORT)) as RunReport;
        expectReports(side.made, { ...outcome, signal: null, ms: 0, report });
        const outputs = report.evals[0]?.results.map(({ case: id, output }) => output === `${id} by ${side.name}`);
        expect(outputs).toEqual(Array.from({ length: 16 }, () => true));
        for (const { key } of sides) expectNoSecret(side.made, outcome, key);
      }
      return 'nothing crosses';
    },
  },
];
