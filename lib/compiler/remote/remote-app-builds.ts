import { onAbort } from '../../core/on-abort.js';
import type { AppBuildOptions, BuiltApp } from '../app/build-app.js';
import { BuildProcessHandle } from './build-process-handle.js';

/** Idle time after which the process is ended, in milliseconds, because its compiler occupies a hundred megabytes. */
const IDLE_MS = 60_000;

/** The one process that builds all apps of a host. */
let shared: BuildProcessHandle | undefined;
let idle: NodeJS.Timeout | undefined;
let count = 0;

/** Builds one app in a separate process, which remembers compiled modules. */
export class RemoteAppBuilds {
  readonly #app = count++;

  /**
   * Works like `buildApp`; paths must be absolute.
   *
   * @param signal ends the process when it is aborted meanwhile: while it compiles, it hears nothing, and it may be stuck.
   * @throws LiveswapError as `buildApp` does; `WATCH_FAILED` when the process dies
   */
  async build(options: AppBuildOptions, signal?: AbortSignal): Promise<BuiltApp> {
    signal?.throwIfAborted();
    clearTimeout(idle);
    if (!shared || shared.isGone) shared = new BuildProcessHandle();
    const running = shared;
    const forget = signal && onAbort(signal, () => running.destroy());
    try {
      return await running.ask({ kind: 'app', app: this.#app, options });
    } finally {
      forget?.();
      if (!running.isBusy) idle = setTimeout(() => void endIdle(running), IDLE_MS).unref();
    }
  }
}

async function endIdle(running: BuildProcessHandle): Promise<void> {
  if (running.isBusy) return;
  if (shared === running) shared = undefined;
  await running.close();
}
