import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Window } from '../../src/ask/window.js';

test('halves at a refusal and grows by one per round trip beyond three quarters of what it was', () => {
  const window = new Window(16);
  expect(window.size).toBe(16);
  window.shrink();
  expect(window.size).toBe(8);
  for (let answers = 0; answers < 4; answers += 1) window.grow();
  expect(window.size).toBe(12);
  for (let answers = 0; answers < 13; answers += 1) window.grow();
  expect(window.size).toBe(13);
  for (let answers = 0; answers < 1000; answers += 1) window.grow();
  expect(window.size).toBe(16);
});

test('is not cut below what a known rate needs', () => {
  const window = new Window(16);
  window.shrink(11);
  expect(window.size).toBe(11);
});

test('probes with a single call', () => {
  const window = new Window(16);
  window.probe();
  expect(window.size).toBe(1);
});

test('law: always a whole number from 1 to the limit, never more after a refusal, never less after an answer', () => {
  const steps = fc.array(fc.constantFrom('grow', 'shrink', 'probe'), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), steps, (most, all) => {
      const window = new Window(most);
      for (const step of all) {
        const before = window.size;
        window[step as 'grow' | 'shrink' | 'probe']();
        expect(Number.isInteger(window.size) && window.size >= 1 && window.size <= most).toBe(true);
        const grown = window.size - before;
        expect(step === 'grow' ? grown : -grown).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
