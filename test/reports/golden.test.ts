import { describe, expect, it } from 'vitest';
import { json } from '../../src/reports/json.js';
import { junit } from '../../src/reports/junit.js';
import { summary } from '../../src/reports/summary.js';
import { renderTerminal } from '../../src/reports/terminal.js';
import { golden, textOf } from './build.js';
import { calm, empty, everything, tolerated } from './scenario.js';

const scenarios = { everything, calm, empty, tolerated };

describe.each(Object.entries(scenarios))('%s', (name, input) => {
  it('report.json', async () => {
    const text = await textOf(json, input);
    expect(text).toBe(golden(`${name}.json`, text));
  });

  it('junit.xml', async () => {
    const text = await textOf(junit, input);
    expect(text).toBe(golden(`${name}.xml`, text));
  });

  it('summary.md', async () => {
    const text = await textOf(summary, input);
    expect(text).toBe(golden(`${name}.md`, text));
  });

  it('terminal, plain', async () => {
    const text = await textOf(renderTerminal(input, { color: false, width: 100 }));
    expect(text).toBe(golden(`${name}.txt`, text));
  });

  it('terminal, colour, narrow', async () => {
    const text = await textOf(renderTerminal(input, { color: true, width: 40 }));
    expect(text).toBe(golden(`${name}.ansi`, text));
  });
});
