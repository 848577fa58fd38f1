import { createRedactor, type Redact } from '../trust/redact.js';
import type { Screen, World } from '../world.js';

/**
 * The world with the one place through which everything goes that is printed: whatever a command, a report or a defect says, no key in
 * use is in it. Reports and journal are redacted where they are written. What is cut or wrapped before it is printed goes through
 * `redact` first.
 */
export function withSink(world: World): World & { redact: Redact } {
  const secrets = new Set<string>();
  let redact: Redact = (text) => text;
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
    redact: (text) => redact(text),
    conceal(values) {
      for (const value of values) secrets.add(value);
      redact = createRedactor([...secrets]);
    },
  };
}
