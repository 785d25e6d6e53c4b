import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { quietEnv } from './quiet-env.js';
import { command } from './run-command.js';

/** A `liveswap` command that runs until it is told to end, and what it has printed so far. */
export class RunningCommand {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number | null>;
  #output = '';

  /** @param node program that runs the command. */
  constructor(cwd: string, args: readonly string[], node: string = command.file) {
    this.#child = spawn(node, [...command.args, ...args], { cwd, env: quietEnv() });
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null);
    onTestFinished(() => void this.#child.kill('SIGKILL'));
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves to the output as soon as it matches `pattern`. Work at low priority takes minutes on a busy machine. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    await expect.poll(() => this.#output, { timeout: 240_000 }).toMatch(pattern);
    return pattern.exec(this.#output) as RegExpExecArray;
  }

  /** Resolves to the exit code. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the command, unless it has ended by itself. Resolves to the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.send(signal);
    return this.#ended;
  }
}
