import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quietEnv } from './quiet-env.js';

const main = fileURLToPath(new URL('../../dist/lib/cli/main.js', import.meta.url));

/** Outcome of a run of the compiled `liveswap` command. */
export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled `liveswap` command in a process of its own, in the folder `cwd`. */
export function runCommand(cwd: string, ...args: string[]): Promise<CommandRun> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd, env: quietEnv() }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** The command to start as a child process, for those who want to talk to it while it runs. */
export const command = { file: process.execPath, args: [main] } as const;
