import type { MessagePort, ResourceLimits } from 'node:worker_threads';

/** The thread's end of its connection to the host. */
export interface ThreadEnd {
  /** Port of its link. */
  readonly port: MessagePort;
  /** Measurements that the thread writes and the host reads; see `Gauge`. */
  readonly gauge: Int32Array;
}

/** Task of a thread that begins to serve. */
export interface ServeTask extends ThreadEnd {
  /** The warm-up of a thread before it takes work; `undefined` for a thread that is needed at once. */
  readonly warmUp: WarmUp | undefined;
}

/** Warm-up of a thread on standby. */
export interface WarmUp {
  /** URL of an artifact that does nothing. */
  readonly url: string;
  /** True if the thread is expected to run an app: the part of its start that all apps have in common is done then. */
  readonly isForApp: boolean;
}

/** The code that a thread on standby is expected to run. */
export type Expected = 'plugin' | 'app';

/** A thread that serves one version until it is ended, or dies. */
export interface ServingThread {
  /** The host's end of the link. */
  readonly port: MessagePort;
  readonly gauge: Int32Array;
  /** Resolves when the thread begins to boot: only a limited number boot at a time. */
  readonly begun: Promise<void>;
  /** The environment that the thread booted with, known once it has {@link begun}; `undefined` where it has none of its own. */
  readonly environment: NodeJS.ProcessEnv | undefined;
  /** Resolves when the thread no longer serves: to the reason for its death, or to `undefined` if it was asked to end. */
  readonly exited: Promise<unknown>;
  /** Tells the pool that the thread has imported what it serves: the next one can boot. */
  imported(): void;
  /**
   * Closes the port. The thread leaves when its event loop has run dry, so that native work in progress can finish. After
   * `graceMs` it is terminated, and `onTerminated` is called; of several calls, the shortest grace period counts. Resolves when
   * the thread is gone.
   */
  end(graceMs: number, onTerminated?: () => void): Promise<void>;
}

/**
 * Time in milliseconds for a thread without a plugin to leave, which it does as soon as it has booted. Terminating a thread in
 * the middle of its boot can abort the process.
 */
export const BLANK_LEAVE_MS = 5_000;

/** The threads of one version. */
export interface ThreadPool {
  /**
   * Makes a thread that begins to serve; with `expected`, for a thread that nobody waits for yet, it warms up first. Never throws:
   * if the platform refuses a thread, `exited` gives the reason.
   */
  serve(expected?: Expected): ServingThread;
  /** Ends every thread, each as {@link ServingThread.end} does. */
  close(graceMs: number): Promise<void>;
}

/** Options for making threads, given to the platform as they are. */
export interface ThreadOptions {
  readonly resourceLimits?: ResourceLimits | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly execArgv?: readonly string[] | undefined;
}
