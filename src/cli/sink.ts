import { createRedactor } from '../trust/redact.js';
import type { Screen, World } from '../world.js';

/**
 * The world with the one place through which everything goes that is printed: whatever a command, a report or a defect says, no key in
 * use is in it. Reports and journal are redacted where they are written.
 */
export function withSink(world: World): World {
  const secrets = new Set<string>();
  let redact = (text: string): string => text;
  const guarded = (screen: Screen): Screen =>
    // What else a screen has (a width, events) is its own; methods are called on it.
    new Proxy(screen, {
      get(target, name) {
        if (name === 'write') return (text: string) => target.write(redact(text));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    ...world,
    stdout: guarded(world.stdout),
    stderr: guarded(world.stderr),
    conceal(values) {
      for (const value of values) secrets.add(value);
      redact = createRedactor([...secrets]);
    },
  };
}
