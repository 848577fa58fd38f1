import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SilenceWatch } from '../../src/providers/wire-silence.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watch over answers by name, and the names of those that it has ended. */
function watched(...names: string[]) {
  const watch = new SilenceWatch(100);
  const ended: string[] = [];
  const ends = new Map(names.map((name) => [name, () => void ended.push(name)]));
  const end = (name: string) => ends.get(name) ?? (() => {});
  return {
    ended,
    begin: (name: string) => watch.begin(end(name)),
    heard: (name: string) => watch.heard(end(name)),
    over: (name: string) => watch.over(end(name)),
  };
}

test('an answer that falls silent is ended when its time is up, once', () => {
  const { begin, ended } = watched('a');
  begin('a');
  vi.advanceTimersByTime(99);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ended).toEqual(['a']);
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['a']);
});

test('each has its own time, counted from when it was heard last', () => {
  const { begin, heard, ended } = watched('a', 'b', 'c');
  begin('a');
  vi.advanceTimersByTime(40);
  begin('b');
  begin('c');
  vi.advanceTimersByTime(30);
  heard('a');
  vi.advanceTimersByTime(70);
  expect(ended).toEqual(['b', 'c']);
  vi.advanceTimersByTime(30);
  expect(ended).toEqual(['b', 'c', 'a']);
});

test('an answer that is over is not ended, nor watched again by what comes late', () => {
  const { begin, heard, over, ended } = watched('a', 'b');
  begin('a');
  over('a');
  heard('a');
  vi.advanceTimersByTime(500);
  expect(ended).toEqual([]);
  begin('b');
  vi.advanceTimersByTime(100);
  expect(ended).toEqual(['b']);
  expect(vi.getTimerCount()).toBe(0);
});
