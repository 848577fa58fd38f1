import type { Screen, World } from '../world.js';

type Brush = (text: string) => string;

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Whether a screen takes colour: a terminal, unless NO_COLOR says no (no-color.org); FORCE_COLOR says yes to any, 0 says no. */
export function takesColor(screen: Screen, env: World['env']): boolean {
  if (env.NO_COLOR || env.FORCE_COLOR === '0') return false;
  if (env.FORCE_COLOR) return true;
  return screen.isTTY === true && env.TERM !== 'dumb';
}

/** Brushes for a screen; without colour they leave text as it is. */
export function paint(screen: Screen, env: World['env']): Record<keyof typeof CODES, Brush> {
  const color = takesColor(screen, env);
  const brush = ([on, off]: readonly [number, number]): Brush =>
    color ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text;
  return {
    bold: brush(CODES.bold),
    dim: brush(CODES.dim),
    red: brush(CODES.red),
    green: brush(CODES.green),
    yellow: brush(CODES.yellow),
  };
}
