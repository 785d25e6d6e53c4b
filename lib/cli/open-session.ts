import type { BuildOptions } from '../compiler/options.js';
import type { Reads } from '../compiler/record/reads.js';
import type { PluginReport } from '../compiler/report.js';
import { madeSnapshot } from '../compiler/snapshot/snapshot-file.js';

/** A session of this process or of another one. */
export interface Session {
  build(): Promise<readonly PluginReport[]>;
  check(changed?: Iterable<string>): Promise<readonly PluginReport[]>;
  reads(): Reads | undefined | Promise<Reads | undefined>;
  close(): Promise<void> | void;
}

/**
 * Opens a session where the compiler is there soonest: in a process that begins with a snapshot of it, if one has been made, else in
 * this one, where it takes longer to load than all that came before.
 *
 * @throws LiveswapError as the constructor of `BuildSession` does
 */
export async function openSession(options: BuildOptions): Promise<Session> {
  // Arguments of Node, such as a limit of memory, are for the process that builds, and those of another process are not these.
  const snapshot = process.execArgv.length === 0 ? await madeSnapshot() : undefined;
  if (snapshot === undefined) {
    const { BuildSession } = await import('../compiler/session.js');
    return new BuildSession(options);
  }
  const { RemoteBuildSession } = await import('../compiler/remote/remote-session.js');
  const session = new RemoteBuildSession({ ...options, signal: interrupted() });
  // Nothing else of this process would wait for its output.
  session.begin({ snapshot, output: 'shared' });
  return {
    build: () => session.build(),
    check: (changed) => session.check(changed),
    reads: () => session.reads(),
    // When it has answered, nothing is left to do in it, and its memory takes a moment to be freed.
    close: () => session.destroy(),
  };
}

/**
 * Returns a signal that is aborted when a signal of the system ends this process. While the other one compiles, it hears nothing: it would
 * go on for seconds, and might write what it builds.
 */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      controller.abort();
      // Nothing listens any more: it ends this process as if nothing had.
      process.kill(process.pid, name);
    });
  }
  return controller.signal;
}
