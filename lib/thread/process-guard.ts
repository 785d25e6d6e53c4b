import { syncBuiltinESMExports } from 'node:module';

/** Process ids by which a signal reaches the host: its own, its group's, and those of every process. */
const ofHost = new Set([process.pid, -process.pid, 0, -1]);

/**
 * Keeps code in a thread, packages included, from controlling the host's process. Node itself refuses `abort`, `chdir`, `umask`
 * and `setuid` in a thread, but lets signals through, and lets code capture the errors that must end it. `mayCapture` tells
 * whether the thread belongs to an app, which handles its errors as in a process of its own.
 */
export function guardProcess(mayCapture: () => boolean): void {
  const kill = process.kill.bind(process);
  process.kill = (pid: number | string, signal) => {
    // Signal 0 only asks whether a process is there. Node takes ids that are text, too.
    if (signal !== 0 && ofHost.has(Number(pid)))
      refuse(
        `process.kill(${pid}) signals the host from a thread`,
        'ask the host to act, through its extension, the data bag or a result',
      );
    return kill(pid as number, signal);
  };
  const capture = process.setUncaughtExceptionCaptureCallback.bind(process);
  process.setUncaughtExceptionCaptureCallback = (callback) => {
    if (callback !== null && !mayCapture())
      refuse(
        'process.setUncaughtExceptionCaptureCallback() hides errors that must end the thread',
        "listen to 'uncaughtExceptionMonitor', which only reports them",
      );
    capture(callback);
  };
  // Named imports of `node:process` would go on to be Node's own functions.
  syncBuiltinESMExports();
}

/** Throws what Node throws for other functions that threads lack: packages know its code. */
function refuse(problem: string, remedy: string): never {
  throw Object.assign(new TypeError(`${problem}: ${remedy}.`), { code: 'ERR_WORKER_UNSUPPORTED_OPERATION' });
}
