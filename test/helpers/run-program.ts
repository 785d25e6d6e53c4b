import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { LineLog } from './line-log.js';
import { quietEnv } from './quiet-env.js';

/** A program that runs in a folder whose files can be edited meanwhile. */
export interface RunningProgram {
  /** Resolves to the match of the next line that matches. Rejects with the whole output if the program ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Replaces text in a file of the folder, as a person does. */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Ends the program by Ctrl-C, or another signal. Resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves to the exit code when the program ends by itself. */
  readonly ended: Promise<number | null>;
  /** Runs another command in the same folder. */
  again(command: readonly string[]): Promise<RunningProgram>;
}

/** Runs a command: a program and its arguments. */
export async function runProgram(
  folder: string,
  [file = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningProgram> {
  const child = spawn(file, args, { cwd: folder, env: quietEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  // At `exit`, the last output may still be on its way.
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines = new LineLog(ended);
  for (const output of [child.stdout, child.stderr])
    createInterface(output).on('line', (line) => lines.add(line));
  return {
    line: (pattern) => lines.next(pattern),
    async edit(path, from, to) {
      const text = await readFile(join(folder, path), 'utf8');
      if (!text.includes(from)) throw new Error(`${path} does not contain ${from}.`);
      // The file is written synchronously: on a busy machine, a watcher could see it empty otherwise.
      writeFileSync(join(folder, path), text.replaceAll(from, to));
    },
    stop(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
    ended,
    again: (another) => runProgram(folder, another, env),
  };
}
