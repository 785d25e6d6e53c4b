import { connect } from 'node:net';

/** Codes of a path where nobody listens: its process is gone, or it was never a socket. */
const unanswered: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

/** Returns whether somebody listens at the path of a socket or named pipe. One that may not be asked counts as listened on. */
export function hasListener(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(!unanswered.has(code)));
  });
}
