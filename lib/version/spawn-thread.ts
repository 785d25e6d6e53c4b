import type { LiveswapError } from '../core/errors.js';
import type { ThreadPool } from '../pool/thread-pool.js';
import { tellGone } from './connect-threads.js';
import { ThreadHandle } from './thread-handle.js';
import type { VersionHost } from './version-host.js';

/** Dependencies of a thread. */
export interface SpawnDeps<Version> {
  readonly pool: ThreadPool;
  readonly host: VersionHost<Version>;
  /** Called when the thread dies by itself. */
  readonly onDeath: (thread: ThreadHandle, error: LiveswapError) => void;
}

/** A version as its threads need it. */
interface Owner {
  readonly plugin: string;
  readonly id: string;
  /** The versions that it imports. */
  readonly dependencies: ReadonlyMap<string, { readonly threads: readonly ThreadHandle[] }>;
}

/** Makes a thread of a version, which can reach the host's services from now on. */
export function spawnThread<Version extends Owner>(
  version: Version,
  index: number,
  { pool, host, onDeath }: SpawnDeps<Version>,
): ThreadHandle {
  const { plugin, id } = version;
  const thread: ThreadHandle = new ThreadHandle({ plugin, version: id, thread: index }, pool.serve(), {
    answer: (scope, name, args, call) => host.answer(version, thread, scope, name, args, call),
    chain: () => host.chain(),
    askCallback: (callback, send) => host.askCallback(plugin, callback, send),
    serveCallback: (callback, chain, run) => host.serveCallback(callback, chain, run),
    surface: host.surface(version, index),
    onUntaken: (facts, error) => host.emit({ type: 'callbackRejected', ...thread.name, ...facts, error }),
    onDeath,
    onLingering: ({ name }, ms) => host.emit({ type: 'threadLingers', ...name, ms }),
  });
  void thread.dead.then(() => {
    for (const { threads } of version.dependencies.values()) tellGone(thread, threads);
  });
  return thread;
}
