import { complain } from './complain.js';
import { exitCodes } from './exit-codes.js';

/** Exit code of a command that SIGPIPE has ended, as shells give it: Node ignores that signal. */
const SIGPIPE_EXIT = 141;

const streams = [process.stdout, process.stderr] as const;

const ignore = (): void => {};

/** Ends the process when its output cannot be written: when nobody reads it any more, as in `liveswap events | head`, in silence. */
export function endWithOutput(): void {
  for (const stream of streams) stream.on('error', end);
}

/** Lets a server go on from now on, whatever becomes of its output: its reader may be gone, or the disk be full. */
export function goOnWithoutOutput(): void {
  for (const stream of streams) stream.off('error', end).on('error', ignore);
}

function end(error: NodeJS.ErrnoException): void {
  // The other stream may fail as well.
  goOnWithoutOutput();
  if (error.code === 'EPIPE') process.exit(SIGPIPE_EXIT);
  complain(`The output could not be written: ${error.message}`);
  process.exit(exitCodes.findings);
}
