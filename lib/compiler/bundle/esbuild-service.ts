import { stop } from 'esbuild';

let life = 0;

/** The number of the esbuild process that runs now; it grows whenever one has died. */
export function lifeOfEsbuild(): number {
  return life;
}

/** Returns whether esbuild's process has died, whatever was requested of it. */
export function isEsbuildGone(error: unknown): boolean {
  return error instanceof Error && /The service (?:is no longer running|was stopped)/.test(error.message);
}

/** Lets the next call start a new esbuild process, unless that was done since `life`. */
export async function reviveEsbuild(lost: number): Promise<void> {
  if (lost !== life) return;
  life += 1;
  await stop();
}
