import { connect } from 'node:net';

/** Codes of errors for a path where nobody listens: the process is gone, or the file was never a socket. */
const unanswered: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

/**
 * Returns whether somebody listens at the path of a socket or named pipe. If this process may not connect, somebody is assumed to
 * listen.
 */
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
