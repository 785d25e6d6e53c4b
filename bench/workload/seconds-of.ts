import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/**
 * Runs a command in a folder to its end; resolves to the seconds it took.
 *
 * @param more variables of its environment, beside those of this process.
 * @throws Error when it ended with another code than 0
 */
export async function secondsOf(
  [program, ...args]: Command,
  cwd?: string,
  more: NodeJS.ProcessEnv = {},
): Promise<number> {
  const env = { ...process.env, ...more };
  const began = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}.`);
  return (performance.now() - began) / 1_000;
}
