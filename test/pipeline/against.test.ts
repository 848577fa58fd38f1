import { describe, expect, it } from 'vitest';
import {
  CASES,
  caseIds,
  casesFile,
  echo,
  echoProject,
  type EchoOptions,
  PROMPT,
  RECORDINGS,
  says,
  userText,
} from '../cli/echo.js';
import { type Project, project } from '../support/project.js';
import { asRepository } from '../support/repository.js';
import { acceptInside, evaluateInside, mistakeOf, quietWorld } from './inside.js';

const LIVE = { mode: 'live', against: 'main' } as const;
const WORLD = quietWorld({ OPENAI_API_KEY: 'sk-test' });
const IGNORE = { '.gitignore': 'reports/\nruns/\n' };

/** A repository whose main has the template `old …`, and whose working tree has `new …`, both echoed by a server. */
async function twoVersions(options: EchoOptions = {}) {
  const made = asRepository(
    await echoProject({ template: 'old {{text}}', ...options, files: { ...IGNORE, ...options.files } }),
  );
  made.git('checkout', '-q', '-b', 'topic');
  made.write(PROMPT, ['---', ...(options.front ?? []), '---', 'new {{text}}']);
  return made;
}

/** The same without a server: the model answers with what it is asked. */
function offline(before: string, after: string, count = 24): Project & ReturnType<typeof asRepository> {
  const made = asRepository(
    project({
      'assay.config.yaml': 'models: [mock:echo]\n',
      [PROMPT]: before,
      [CASES]: casesFile(caseIds(count)),
      ...IGNORE,
    }),
  );
  made.write(PROMPT, after);
  return made;
}

function ids({ report }: { report: { evals: { prompt: { id: string }; model: string }[] } }): string[] {
  return report.evals.map(({ prompt, model }) => `${prompt.id} [${model}]`);
}

describe('two versions in one run', () => {
  it('take turns, case by case, in each repeat', async () => {
    const made = await twoVersions({ cases: 3, config: ['concurrency: 1'] });
    const { code, report } = await evaluateInside(made, { ...LIVE, repeats: { min: 2, max: 2 } }, WORLD);
    const asked = made.server.requests.map((seen) => userText(seen).replace('say ', ''));
    // Calls are made one at a time, but their order among the few that wait is the provider layer's affair.
    const round = ['new c01', 'new c02', 'new c03', 'old c01', 'old c02', 'old c03'];
    expect(asked).toHaveLength(12);
    expect(asked.slice(0, 6).toSorted()).toEqual(round);
    expect(asked.slice(6).toSorted()).toEqual(round);
    expect(code).toBe(0);
    expect(ids({ report })).toEqual(['echo [local:echo]', 'echo@main [local:echo]']);
    expect(report.trials).toEqual({ planned: 12, completed: 12, errored: 0, skipped: 0 });
    expect(report.evals[0]?.metrics.pass).toMatchObject({
      baseline: 1,
      delta: 0,
      verdict: expect.any(String) as string,
    });
    expect(report.evals[0]?.results).toHaveLength(6);
  });

  it('meet the same drift, which makes no regression', async () => {
    let answered = 0;
    const worn: EchoOptions['script'] = (seen) => {
      answered += 1;
      // The model wears out on the way, whoever asks.
      return answered > 24 ? says('I am tired') : echo(seen);
    };
    const made = await twoVersions({ cases: 24, config: ['concurrency: 1'], script: worn });
    const { report } = await evaluateInside(made, LIVE, WORLD);
    const pass = report.evals[0]?.metrics.pass;
    expect(pass?.mean).toBeGreaterThan(0.4);
    expect(pass?.mean).toBeLessThan(0.6);
    expect(Math.abs(pass?.delta ?? 1)).toBeLessThan(0.2);
    expect(pass?.verdict).not.toBe('regressed');
  });

  it('tell a real drop, and hold no rule against the old version', async () => {
    const made = offline('{{text}}', '{{^text}}{{/text}}nothing');
    const { code, report } = await evaluateInside(made, { against: 'main' });
    expect(code).toBe(1);
    expect(report.evals[0]).toMatchObject({
      prompt: { id: 'echo' },
      metrics: { pass: { baseline: 1, delta: -1, verdict: 'regressed' } },
    });
    expect(report.evals[1]).toMatchObject({ prompt: { id: 'echo@main' }, cases: { passed: 24 } });

    const turned = offline('{{^text}}{{/text}}nothing', '{{text}}');
    const better = await evaluateInside(turned, { against: 'main' });
    expect(better.code).toBe(0);
    expect(better.report.evals[0]?.metrics.pass).toMatchObject({ delta: 1, verdict: 'improved' });
    expect(better.report.evals[1]?.changes.accepted).toHaveLength(24);
    expect(better.report.gate.checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  });

  it('pay no heed to baselines, and cannot be accepted', async () => {
    const made = offline('{{text}}', '{{text}}');
    await evaluateInside(made);
    await acceptInside(made);
    made.write(PROMPT, '{{text}} and more');
    made.write('evals/echo.baseline.json', made.read('evals/echo.baseline.json').replaceAll('[1]', '[0]'));
    const { report, notes } = await evaluateInside(made, { against: 'main' });
    expect(report.evals[0]?.metrics.pass).toMatchObject({ baseline: 1, delta: 0 });
    expect(notes.join('\n')).toMatch(
      /run beside the versions at main \([0-9a-f]{7}\): echo@main; baselines are not used/,
    );
    expect(await mistakeOf(acceptInside(made))).toMatchObject({ code: 'against-run', exit: 2 });
  });

  it('are those of changed prompts only', async () => {
    const made = offline('{{text}}', '{{text}}!', 3);
    for (const name of ['same', 'added', 'commented', 'reworded']) {
      made.write(`evals/${name}.prompt.md`, '{{text}} {{> tone}}');
      made.write(`evals/${name}.cases.yaml`, casesFile(['c01']));
    }
    made.write('evals/_partials/tone.md', 'kindly');
    made.write('evals/alone.prompt.md', '{{> own}} {{text}}');
    made.write('evals/alone.cases.yaml', casesFile(['c01']));
    made.write('evals/_partials/own.md', 'short');
    made.remove('evals/added.prompt.md');
    made.remove('evals/added.cases.yaml');
    made.commitAs('Ana');
    made.write('evals/added.prompt.md', '{{text}}');
    made.write('evals/added.cases.yaml', casesFile(['c01']));
    made.write('evals/commented.prompt.md', '---\nowner: me\n---\n{{text}} {{> tone}}{{! nobody sees this }}');
    made.write('evals/_partials/own.md', 'long');
    made.write('evals/reworded.cases.yaml', casesFile(['c02']));
    const { code, report, notes } = await evaluateInside(made, { against: 'main' });
    expect(code).toBe(0);
    expect(ids({ report })).toEqual(['added [mock:echo]', 'alone [mock:echo]', 'alone@main [mock:echo]']);
    expect(notes.join('\n')).toContain('added is new since main');
  });

  it('are none where nothing changed: nothing is run, and that is said', async () => {
    const made = offline('{{text}}', '{{text}}{{! a remark }}', 3);
    const { code, report } = await evaluateInside(made, { against: 'main' });
    expect([code, report.evals]).toEqual([0, []]);
    expect(report.reasons.join('\n')).toMatch(/^no prompt changed since main/);
  });

  it('are compared across a change of model', async () => {
    const made = offline('{{text}}', '{{text}}', 12);
    made.write('assay.config.yaml', "providers: { next: { type: mock } }\nmodels: ['next:echo']\n");
    const { report } = await evaluateInside(made, { against: 'main' });
    expect(ids({ report })).toEqual(['echo [next:echo]', 'echo@main [mock:echo]']);
    expect(report.evals[0]?.metrics.pass).toMatchObject({ baseline: 1, delta: 0 });
    made.write(
      'assay.config.yaml',
      "providers: { next: { type: mock } }\nmodels: ['mock:echo', { model: 'next:echo', replaces: 'mock:echo' }]\n",
    );
    const both = await evaluateInside(made, { against: 'main' });
    expect(ids(both)).toEqual(['echo [next:echo]', 'echo@main [mock:echo]']);
    made.write(PROMPT, '{{text}} changed');
    const three = await evaluateInside(made, { against: 'main' });
    expect(ids(three)).toEqual(['echo [mock:echo]', 'echo@main [mock:echo]', 'echo [next:echo]']);
    expect(three.report.trials.planned).toBe(36);
    expect(three.report.evals.map(({ metrics }) => metrics.pass?.delta)).toEqual([0, 0, 0]);
  });

  it('are checked by one schema: that of the working tree', async () => {
    const front = (queues: string) => [
      '---',
      `output: { type: object, required: [queue], properties: { queue: { enum: [${queues}] } } }`,
      '---',
    ];
    const made = offline('', '', 1);
    const file = ['defaults: { assert: [{ type: json-schema }] }', 'cases:'];
    for (const id of caseIds(12)) file.push(`  - { id: ${id}, vars: { queue: bug } }`);
    made.write(CASES, file);
    made.write(PROMPT, [...front('bug'), '{"queue": "{{queue}}"}']);
    made.commitAs('Ana');
    made.write(PROMPT, [...front('billing'), '{"queue": "{{queue}}" }']);
    const { report } = await evaluateInside(made, { against: 'main' });
    expect(report.evals.map(({ cases }) => cases.failed)).toEqual([12, 12]);
    expect(report.evals[0]?.metrics.pass).toMatchObject({ mean: 0, baseline: 0, delta: 0 });
    expect(report.evals[0]?.changes.unpaired).toEqual([]);
  });

  it('are found behind a new name, with what was recorded under the old one', async () => {
    const made = await twoVersions({ cases: 12, template: 'old {{text}}\nand more of it\nthat stays as it is' });
    made.git('stash', '-q');
    await evaluateInside(made, { mode: 'record' }, WORLD);
    made.commitAs('Ana');
    made.git('branch', '-f', 'main');
    made.git('mv', PROMPT, 'evals/told.prompt.md');
    made.git('mv', CASES, 'evals/told.cases.yaml');
    made.write('evals/told.prompt.md', made.read('evals/told.prompt.md').replace('old', 'new'));
    made.server.forget();
    const { code, report } = await evaluateInside(made, { mode: 'record', against: 'main' }, WORLD);
    expect([code, ids({ report })]).toEqual([0, ['told [local:echo]', 'echo@main [local:echo]']]);
    expect(made.server.requests.every((seen) => userText(seen).startsWith('new'))).toBe(true);
    expect(made.server.requests).toHaveLength(12);
    expect(report.evals[0]?.metrics.pass).toMatchObject({ baseline: 1, delta: 0 });
  });

  it('are none of a new prompt or model: it is held to its minimum', async () => {
    const made = offline('{{text}}', '{{text}}', 3);
    made.write('evals/added.prompt.md', 'nothing {{^text}}{{/text}}');
    made.write('evals/added.cases.yaml', casesFile(['c01']));
    const bad = await evaluateInside(made, { against: 'main' });
    expect([bad.code, ids(bad)]).toEqual([1, ['added [mock:echo]']]);
    expect(bad.report.reasons.join('\n')).toContain('pass is 0, below the minimum of 1');
    made.write('evals/added.prompt.md', '{{text}}');
    expect((await evaluateInside(made, { against: 'main' })).code).toBe(0);
    made.commitAs('Ana');
    made.write('assay.config.yaml', "providers: { next: { type: mock } }\nmodels: ['mock:echo', 'next:echo']\n");
    const model = await evaluateInside(made, { against: 'main' });
    expect([model.code, ids(model)]).toEqual([0, ['added [next:echo]', 'echo [next:echo]']]);
    expect(model.notes.join('\n')).toContain('echo [next:echo] is new since main');
  });

  it('cannot be told where no model of the commit is the old one: unverified, and never called unchanged', async () => {
    const reasonsOf = async (made: Project) => {
      const { code, report } = await evaluateInside(made, { against: 'main' });
      expect(code).toBe(3);
      expect(report.reasons.join('\n')).not.toContain('no prompt changed');
      return report.reasons[0];
    };
    const models = (...names: string[]) => ['---', `models: [${names.join(', ')}]`, '---', '{{text}}'].join('\n');
    const providers = 'providers: { one: { type: mock }, two: { type: mock } }\n';

    const two = offline(models('mock:echo'), `${models('one:echo', 'two:echo')} more`);
    two.write('assay.config.yaml', providers);
    expect(await reasonsOf(two)).toMatch(
      /^echo \[one:echo\]: main \([0-9a-f]{7}\) asked mock:echo instead: name the one that it `replaces` under models$/,
    );
    const broken = offline('{{text}}', '{{text}} more');
    broken.write('assay.config.yaml', 'models: [mock:echo\n');
    broken.commitAs('Ana');
    broken.write('assay.config.yaml', 'models: [mock:echo]\n');
    broken.write(PROMPT, '{{text}} and more');
    expect(await reasonsOf(broken)).toMatch(
      /^which models were asked at main \([0-9a-f]{7}\) cannot be told: assay\.config\.yaml:\d: /,
    );
    const none = offline('{{text}}', '{{text}} more');
    none.write('assay.config.yaml', 'mode: replay\n');
    none.commitAs('Ana');
    none.write('assay.config.yaml', 'models: [mock:echo]\n');
    none.write(PROMPT, '{{text}} and more');
    expect(await reasonsOf(none)).toMatch(/^echo \[mock:echo\]: main \([0-9a-f]{7}\) names no model to run it against/);
    const named = await evaluateInside(none, { against: 'main', models: ['mock:echo'] });
    expect([named.code, ids(named)]).toEqual([0, ['echo [mock:echo]', 'echo@main [mock:echo]']]);
  });

  it('are not told apart by finished outputs: a prompt that has no others is unverified where it changed', async () => {
    const made = offline('{{text}}', '{{text}}', 1);
    made.write('assay.config.yaml', 'providers: { past: { type: outputs, path: out.jsonl } }\nmodels: [past:one]\n');
    made.write('out.jsonl', '{ "id": "c01", "output": "say c01" }\n');
    made.commitAs('Ana');
    const same = await evaluateInside(made, { against: 'main' });
    expect([same.code, same.report.reasons.join('')]).toEqual([0, expect.stringMatching(/^no prompt changed/)]);
    made.write(PROMPT, '{{text}} more');
    const changed = await evaluateInside(made, { against: 'main' });
    expect(changed.code).toBe(3);
    expect(changed.report.reasons[0]).toMatch(/^echo changed since main .* compare them with --baseline$/);
  });

  it('cannot be told apart where the old one does not fit the cases or cannot be read: unverified', async () => {
    const made = offline('{{text}} {{tone}}', '{{text}}', 3);
    const misfit = await evaluateInside(made, { against: 'main' });
    expect(misfit.code).toBe(3);
    expect(misfit.report.reasons[0]).toBe(
      'echo@main cannot run the cases of the working tree: case c01: it needs "tone"',
    );
    const broken = offline('{{#text}}', '{{text}}', 3);
    const unread = await evaluateInside(broken, { against: 'main' });
    expect(unread.code).toBe(3);
    expect(unread.report.reasons[0]).toMatch(
      /^echo cannot be read at main \([0-9a-f]{7}\): evals\/echo\.prompt\.md:1: section "text" is not closed$/,
    );
  });

  it('are refused beside other baselines, shards, and commits that are none', async () => {
    const made = offline('{{text}}', '{{text}}!', 3);
    const both = { against: 'main', baseline: 'main' };
    expect(await mistakeOf(evaluateInside(made, both))).toMatchObject({ code: 'flags-exclude', exit: 2 });
    const shard = { against: 'main', shard: { index: 1, count: 2 } };
    expect(await mistakeOf(evaluateInside(made, shard))).toMatchObject({ code: 'flags-exclude', exit: 2 });
    for (const against of ['nowhere', '--all', 'HEAD:evals']) {
      expect(await mistakeOf(evaluateInside(made, { against }))).toMatchObject({ code: 'unknown-ref', exit: 2 });
    }
  });
});

describe('recordings of two versions', () => {
  it('lie in one file, and both replay; those the branch has dropped are found in the commit', async () => {
    const made = await twoVersions({ cases: 3 });
    made.git('stash', '-q');
    await evaluateInside(made, { mode: 'record' }, WORLD);
    await acceptInside(made);
    const before = made.read(RECORDINGS);
    made.commitAs('Ana');
    made.git('branch', '-f', 'main', 'topic');
    made.git('stash', 'pop', '-q');

    const missing = await evaluateInside(made, { against: 'main' });
    expect(missing.code).toBe(3);
    expect(missing.report.reasons[0]).toContain('3 of 6 not recorded');
    made.server.forget();
    const recorded = await evaluateInside(made, { mode: 'record', against: 'main' }, WORLD);
    expect(recorded.code).toBe(0);
    expect(made.server.requests).toHaveLength(3);
    expect(made.read(RECORDINGS).split('\n')).toHaveLength(before.split('\n').length + 3);

    await evaluateInside(made, { mode: 'record' }, WORLD);
    await acceptInside(made);
    expect(made.read(RECORDINGS).split('\n')).toHaveLength(before.split('\n').length);
    await made.server.close();
    const replayed = await evaluateInside(made, { against: 'main' });
    expect(replayed.code).toBe(0);
    expect(replayed.report.evals.map(({ results }) => results.map(({ output }) => output))).toEqual([
      ['you said: new say c01', 'you said: new say c02', 'you said: new say c03'],
      ['you said: old say c01', 'you said: old say c02', 'you said: old say c03'],
    ]);
    expect(replayed.notes.join('\n')).toContain('only --mode live runs both versions at one time');
    expect(made.files('fixtures')).toEqual([RECORDINGS]);
  });
});

describe('a run of two versions that was cut off', () => {
  it('is resumed, and its old side has the rounds that its new one has', async () => {
    const made = await twoVersions({ cases: 6 });
    await evaluateInside(made, LIVE, WORLD);
    const lines = made.read('reports/run.jsonl').trimEnd().split('\n');
    const [header = '', ...others] = lines;
    const kept = others.filter((line) => line.includes('"prompt":"echo",') || line.includes('"case":"c02"'));
    made.write(
      'reports/run.jsonl',
      `${[header, ...kept.filter((line) => !line.includes('"kind":"end"'))].join('\n')}\n`,
    );
    made.server.forget();
    const { code, report } = await evaluateInside(made, { ...LIVE, resume: true }, WORLD);
    expect(code).toBe(0);
    expect(made.server.requests.map((seen) => userText(seen)).toSorted()).toEqual(
      ['c01', 'c03', 'c04', 'c05', 'c06'].map((id) => `old say ${id}`),
    );
    expect(report.trials).toEqual({ planned: 12, completed: 12, errored: 0, skipped: 0 });
    const plain = mistakeOf(evaluateInside(made, { mode: 'live', resume: true }, WORLD));
    expect((await plain).code).toBe('other-run');
  });
});
