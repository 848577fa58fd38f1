/** Matches names of models: `*` stands for any characters, slashes among them, as names of models have some. */
export function modelPattern(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 'su');
}
