import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { quietEnv } from './quiet-env.js';
import { tempFolder } from './temp-folder.js';

const repository = resolve(import.meta.dirname, '../..');

/** A running example: a copy of it, so that its sources can be edited. */
export interface RunningExample {
  /** The first line not looked at yet that matches. Rejects with all that was printed when the process ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Replaces text in one of its files, as a person who follows its README does. */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Presses Ctrl-C. Resolves to the exit code. */
  stop(): Promise<number | null>;
  /** Resolves to the exit code, when it ends by itself. */
  readonly ended: Promise<number | null>;
  /** Runs another command in the same copy. */
  again(command: readonly string[]): Promise<RunningExample>;
}

/** Runs `command` of Node in a copy of `examples/<name>`. */
export async function runExample(
  name: string,
  command: readonly string[] = ['host.js'],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningExample> {
  const folder = join(await tempFolder(), name);
  await cp(join(repository, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !/[\\/](dist|node_modules)([\\/]|$)/.test(path.slice(repository.length)),
  });
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return run(folder, command, env);
}

async function run(
  folder: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<RunningExample> {
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: quietEnv({ PORT: '0', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
    async edit(file, from, to) {
      const path = join(folder, file);
      const text = await readFile(path, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}.`);
      await writeFile(path, text.replaceAll(from, to));
    },
    stop() {
      child.kill('SIGINT');
      return ended;
    },
    ended,
    again: (another) => run(folder, another, env),
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
