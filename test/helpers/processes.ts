import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Resolves to the ids of the processes that this one, or `parent`, has started and whose command line contains `text`. */
export async function childrenWith(text: string, parent = process.pid): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,ppid=,args=', '-A']);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => Number(match?.[2]) === parent && match?.[3]?.includes(text))
    .map((match) => Number(match?.[1]));
}
