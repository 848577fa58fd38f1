import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { ended, printable } from './protocol.js';
import { ProviderError } from './provider.js';

/** A program to start. */
export interface Command {
  /** The provider's, for messages. */
  name: string;
  program: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  timeoutMs: number | undefined;
  /** Takes every key in use out of a text. */
  redact(text: string): string;
}

const MOST_OUTPUT = 8 * 1024 * 1024;
/** Of standard error, so much of its end is looked at. In bytes. */
const KEPT_STDERR = 16 * 1024;
const SHOWN_LINES = 5;
/** How long output may stay open after the program has ended: something it started may hold it. */
const GRACE_MS = 1000;

/** Programs that run now: they are ended when this process ends, whatever ends it in order. */
const live = new Set<ChildProcess>();
const endAll = () => live.forEach(killTree);

/** One run of a program, without a shell. */
export class CommandRun {
  readonly #command: Command;
  readonly #stdout: Buffer[] = [];
  #size = 0;
  #stderr = Buffer.alloc(0);
  #child: ChildProcess | undefined;
  #timers: NodeJS.Timeout[] = [];
  #reject: (error: ProviderError) => void = () => {};

  constructor(command: Command) {
    this.#command = command;
  }

  /**
   * Starts the program with a text on its standard input and waits for its end. May be called once.
   * @param signal ends it, and all that it started
   * @returns its standard output
   * @throws ProviderError: `code` when it cannot start or ends with another status than 0, `too-large`, `timeout`, `aborted`
   */
  async finish(input: string, signal: AbortSignal): Promise<string> {
    if (signal.aborted) throw ended(signal);
    const stop = () => this.fail(ended(signal));
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#reject = reject;
        this.#start(input, resolve);
      });
    } finally {
      signal.removeEventListener('abort', stop);
      for (const timer of this.#timers) clearTimeout(timer);
      this.#letGo();
    }
  }

  /** Ends it, and all that it started, with this failure. */
  fail(error: ProviderError): void {
    this.#reject(error);
    if (this.#child) killTree(this.#child);
  }

  #start(input: string, resolve: (stdout: string) => void): void {
    const { program, args, cwd, env, timeoutMs } = this.#command;
    const child = this.#spawn(program, args, { cwd, env });
    if (!child) return;
    this.#child = child;
    if (live.size === 0) process.on('exit', endAll);
    live.add(child);
    child.on('error', (error) => this.fail(this.#cannotStart(error)));
    child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-2 * KEPT_STDERR);
    });
    child.on('exit', () => this.#after(GRACE_MS, () => this.#letGo()));
    child.on('close', (code, byName) => {
      if (code === 0) resolve(Buffer.concat(this.#stdout).toString('utf8'));
      else this.#reject(this.#badEnd(code, byName));
    });
    // A program need not read what it is asked: a broken pipe is no fault.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    if (timeoutMs !== undefined) {
      const message = `${this.#command.name}: the command took longer than ${timeoutMs} ms`;
      this.#after(timeoutMs, () => this.fail(new ProviderError({ kind: 'timeout', message }, { retry: 'transient' })));
    }
  }

  /** A group of its own, so that all that the program starts can be ended with it. */
  #spawn(program: string, args: readonly string[], where: { cwd: string; env: Readonly<Record<string, string>> }) {
    try {
      const group = process.platform !== 'win32';
      return spawn(program, args, { ...where, shell: false, detached: group, windowsHide: true, stdio: 'pipe' });
    } catch (error) {
      this.#reject(this.#cannotStart(error));
      return undefined;
    }
  }

  #take(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= MOST_OUTPUT) this.#stdout.push(chunk);
    else {
      const message = `${this.#command.name}: the command printed more than ${MOST_OUTPUT / 1024 / 1024} MiB`;
      this.fail(new ProviderError({ kind: 'too-large', message }, { retry: 'no' }));
    }
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(setTimeout(action, ms));
  }

  /** Ends what the program left behind, and lets go of the pipes. */
  #letGo(): void {
    if (!this.#child) return;
    killTree(this.#child);
    if (live.delete(this.#child) && live.size === 0) process.off('exit', endAll);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.stdin?.destroy();
  }

  #cannotStart(error: unknown): ProviderError {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const hint =
      process.platform === 'win32' && code !== 'ENOENT' ? '; .cmd and .bat files need a shell, which is not used' : '';
    return this.#failure(`the command "${this.#command.program}" cannot be started (${code}${hint})`);
  }

  #badEnd(code: number | null, byName: NodeJS.Signals | null): ProviderError {
    const how = code === null ? `was ended by ${byName ?? 'a signal'}` : `ended with status ${code}`;
    const { redact } = this.#command;
    // Twice as much is kept: a key that the beginning of it was cut out of ends before what is looked at.
    const lines = redact(this.#stderr.toString('utf8'))
      .slice(-KEPT_STDERR)
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '');
    const said = printable(lines.slice(-SHOWN_LINES).join('\n'), redact);
    return this.#failure(`the command ${how}${said && `: ${said}`}`);
  }

  #failure(what: string): ProviderError {
    return new ProviderError({ kind: 'code', message: `${this.#command.name}: ${what}` }, { retry: 'no' });
  }
}

/** Ends a program and all that it started; silent when it is gone. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // Its descendants are found through it, so a program that has ended takes the trail with it.
    if (child.exitCode === null && child.signalCode === null) {
      spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true, stdio: 'ignore' });
    }
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // No such group any more.
  }
}
