import { stop } from 'esbuild';

let life = 0;

/** Which process of esbuild's it is that runs now: the first, or one after another that has died. */
export function lifeOfEsbuild(): number {
  return life;
}

/** Returns whether esbuild's process has died, whatever was requested of it. */
export function isEsbuildGone(error: unknown): boolean {
  return error instanceof Error && /The service (?:is no longer running|was stopped)/.test(error.message);
}

/** Lets the next call start a process of esbuild's anew, unless that has been done since the life that is meant. */
export async function reviveEsbuild(lost: number): Promise<void> {
  if (lost !== life) return;
  life += 1;
  await stop();
}
