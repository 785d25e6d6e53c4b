import type { MessagePort, ResourceLimits } from 'node:worker_threads';

/** The thread's end of what there is between it and the host. */
export interface ThreadEnd {
  /** Port of its link. */
  readonly port: MessagePort;
  /** Measurements that the thread writes and the host reads; see `Gauge`. */
  readonly gauge: Int32Array;
}

/** Task of a thread that begins to serve. */
export interface ServeTask extends ThreadEnd {
  /** URL of an artifact that does nothing, for a thread that gets used to its work before it takes any. */
  readonly warmUpUrl: string | undefined;
}

/** A thread that serves one version until it is ended, or dies. */
export interface ServingThread {
  /** The host's end of the link. */
  readonly port: MessagePort;
  readonly gauge: Int32Array;
  /** Resolves when it is being made: only so many boot at a time. */
  readonly begun: Promise<void>;
  /** Resolves when the thread serves no more: with why it died, or with `undefined` when it was asked to end. */
  readonly exited: Promise<unknown>;
  /**
   * Closes the port: the thread leaves when its event loop has run dry, so that native work under way comes to its end. It is
   * terminated after `graceMs`, which `onTerminated` is told of; of several calls, the shortest grace counts. Resolves when the
   * thread is gone.
   */
  end(graceMs: number, onTerminated?: () => void): Promise<void>;
}

/**
 * Time for a thread without a plugin to leave, in milliseconds: it does so as soon as it has booted. Terminating one in the
 * middle of its boot can abort the process.
 */
export const BLANK_LEAVE_MS = 5_000;

/** The threads of one version. */
export interface ThreadPool {
  /**
   * Makes a thread and puts it to work; one that nobody waits for warms up first (`warmsUp`). Never throws: of one that the platform
   * refuses, `exited` says why.
   */
  serve(warmsUp?: boolean): ServingThread;
  /** Ends every thread, each as {@link ServingThread.end} does. */
  close(graceMs: number): Promise<void>;
}

/** Options for making threads, given to the platform as they are. */
export interface ThreadOptions {
  readonly resourceLimits?: ResourceLimits | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly execArgv?: readonly string[] | undefined;
}
