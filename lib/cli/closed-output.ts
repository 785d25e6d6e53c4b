/** Exit code of a command that SIGPIPE has ended, as shells give it: Node ignores that signal. */
const SIGPIPE_EXIT = 141;

const streams = [process.stdout, process.stderr] as const;

/** Ends the process when nobody reads its output any more, as in `liveswap events | head`. */
export function endWithReaders(): void {
  for (const stream of streams) stream.on('error', end);
}

/** From now on, a server goes on serving when nobody reads its output any more. */
export function serveWithoutReaders(): void {
  for (const stream of streams) stream.off('error', end).on('error', serveOn);
}

function end(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(SIGPIPE_EXIT);
}

function serveOn(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
