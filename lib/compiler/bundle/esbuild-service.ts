import { stop, transform } from 'esbuild';

let life = 0;

/** Number of the running esbuild process, which increases whenever one has died. */
export function lifeOfEsbuild(): number {
  return life;
}

/** Returns whether an error means that esbuild's process has died. */
export function isEsbuildGone(error: unknown): boolean {
  return error instanceof Error && /The service (?:is no longer running|was stopped)/.test(error.message);
}

/** Makes the next call start a new esbuild process, unless that has been done since `life`. */
export async function reviveEsbuild(lost: number): Promise<void> {
  if (lost !== life) return;
  life += 1;
  await stop();
}

/** Starts esbuild's process, if none runs: that takes as long as a small bundle. */
export async function startEsbuild(): Promise<void> {
  try {
    await transform('');
  } catch {
    // The first bundle says why it does not run.
  }
}
