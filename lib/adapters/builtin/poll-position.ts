/** Data that a bot hands over: the first update that nobody has begun to handle. */
export interface PollPosition {
  readonly offset: number;
}

/** Returns the update at which its successor begins. */
export function offsetOf(previous: unknown): number | undefined {
  return (previous as PollPosition | undefined)?.offset;
}

/** Settles as `polling` does, but never if polling was only paused: for the app, its bot is still running. */
export async function whenStopped(polling: unknown, isPaused: () => boolean): Promise<unknown> {
  const result = await polling;
  return isPaused() ? new Promise(() => {}) : result;
}
