import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs Node with these arguments to its end; resolves to the seconds it took.
 * @throws Error when it ended with another code than 0
 */
export async function secondsOf(args: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`);
  return (performance.now() - began) / 1_000;
}
