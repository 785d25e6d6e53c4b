import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { LineLog } from './line-log.js';
import { quietEnv } from './quiet-env.js';
import { until } from './until.js';

/** A process that runs on a terminal, and what a person sees there. */
export interface Terminal {
  readonly exited: Promise<[code: number | null]>;
  /** The lines that stay, without their colours. */
  readonly lines: LineLog;
  /** Returns the output so far, control characters included. */
  readonly written: () => string;
  /** Resolves when the line that the cursor is on matches. */
  readonly showsLast: (pattern: RegExp) => Promise<void>;
  /** Types keys: `\u0003` is Ctrl-C. */
  readonly type: (keys: string) => void;
}

// Goes back to where a line begins, and clears it.
const CLEAR = '\r\u001B[K';

/**
 * Runs a program on a pseudo-terminal. `script`, which Linux and macOS come with, makes that terminal.
 *
 * @param more variables of its environment. By default, it leaves nothing compiled in the machine's temporary folder.
 */
export function openTerminal(
  cwd: string,
  file: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = { NODE_DISABLE_COMPILE_CACHE: '1' },
): Terminal {
  // The environment of a person: no variable of the machine of the tests turns colours off, or names the shell that starts the
  // program.
  const env = quietEnv({ CI: undefined, TERM: 'xterm-256color', SHELL: '/bin/sh', ...more });
  const child = spawn('script', scriptArguments(file, args), { cwd, env, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  // At `exit`, the last output may still be on its way.
  const exited = once(child, 'close') as Promise<[code: number | null]>;
  const lines = new LineLog(exited);
  let written = '';
  let last = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    const parts = `${last}${text}`.split('\r\n');
    last = parts.pop() ?? '';
    for (const part of parts) lines.add(seen(part));
  });
  return {
    exited,
    lines,
    written: () => written,
    showsLast: (pattern) => until(() => pattern.test(seen(last))),
    type: (keys) => void child.stdin.write(keys),
  };
}

/** Returns the visible rest of a line that was written over. */
function seen(line: string): string {
  return stripVTControlCharacters(line.split(CLEAR).at(-1) ?? '');
}

/** Returns the arguments for either kind of `script`: no transcript, and the program's own exit code. */
function scriptArguments(file: string, args: readonly string[]): string[] {
  if (process.platform === 'darwin') return ['-q', '/dev/null', file, ...args];
  const command = [file, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  // A shell that waits would also die of the Ctrl-C, and its exit code would replace the program's.
  return ['-qefc', `exec ${command}`, '/dev/null'];
}
