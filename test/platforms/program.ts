import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { LineLog } from '../helpers/line-log.js';
import { quietEnv } from '../helpers/quiet-env.js';

/** A program, and where it runs. */
export interface Program {
  readonly folder: string;
  /** Environment variables of the program besides those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly file: string;
  readonly args: readonly string[];
}

/** Outcome of a program. */
export interface ProgramRun {
  readonly code: number;
  readonly output: string;
}

/** A program that runs until `end()`, or until the test is over. */
export interface RunningProgram {
  readonly lines: LineLog;
  /** Ends the program and all that it has started. Resolves when the program is gone. */
  end(): Promise<unknown>;
}

/** Runs a program; resolves to its outcome and its whole output. */
export function runProgram({ folder, env, file, args }: Program): Promise<ProgramRun> {
  return new Promise((resolve) => {
    execFile(file, [...args], { cwd: folder, env: quietEnv(env) }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** Like {@link runProgram}, for a program that must not fail. */
export async function succeed(program: Program): Promise<string> {
  const { code, output } = await runProgram(program);
  if (code !== 0) throw new Error(`${program.file} ${program.args.join(' ')} failed: ${output}`);
  return output;
}

/** Starts a program in a process group of its own. */
export function startProgram({ folder, env, file, args }: Program): RunningProgram {
  const child = spawn(file, args, { cwd: folder, env: quietEnv(env), stdio: 'pipe', detached: true });
  const exited = once(child, 'exit');
  onTestFinished(() => endGroup(child, 'SIGKILL'));
  // At `exit`, the last output may still be on its way.
  const lines = new LineLog(once(child, 'close'));
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => lines.add(line));
  return {
    lines,
    end: () => {
      endGroup(child, 'SIGTERM');
      return exited;
    },
  };
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
