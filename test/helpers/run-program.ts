import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { quietEnv } from './quiet-env.js';

/** A program that runs in a folder whose files can be edited meanwhile. */
export interface RunningProgram {
  /** The first line not looked at yet that matches. Rejects with all that was printed when the program ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Replaces text in a file of the folder, as a person does. */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Ends it: by Ctrl-C, or another signal. Resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves to the exit code, when it ends by itself. */
  readonly ended: Promise<number | null>;
  /** Runs another command in the same folder. */
  again(command: readonly string[]): Promise<RunningProgram>;
}

/** Runs a command: a program and what it is given. */
export async function runProgram(
  folder: string,
  [file = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningProgram> {
  const child = spawn(file, args, { cwd: folder, env: quietEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = new Lines();
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (line) => lines.add(line));
  }
  const ended = once(child, 'close').then(([code]) => {
    lines.end();
    return code as number | null;
  });
  return {
    line: (pattern) => lines.next(pattern),
    async edit(path, from, to) {
      const text = await readFile(join(folder, path), 'utf8');
      if (!text.includes(from)) throw new Error(`${path} does not contain ${from}.`);
      await writeFile(join(folder, path), text.replaceAll(from, to));
    },
    stop(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
    ended,
    again: (another) => runProgram(folder, another, env),
  };
}

/** The lines a process prints, each looked at once. */
class Lines {
  readonly #all: string[] = [];
  #looked = 0;
  #ended = false;
  #wake = (): void => {};

  add(line: string): void {
    this.#all.push(line);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async next(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      while (this.#looked < this.#all.length) {
        const found = pattern.exec(this.#all[this.#looked++] ?? '');
        if (found) return found;
      }
      if (this.#ended) throw new Error(`It ended without ${String(pattern)}:\n${this.#all.join('\n')}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
