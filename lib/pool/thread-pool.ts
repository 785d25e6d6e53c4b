import type { MessagePort, ResourceLimits } from 'node:worker_threads';

/** The thread's end of what there is between it and the host. */
export interface ThreadEnd {
  /** Of its link. */
  readonly port: MessagePort;
  /** What the thread keeps of itself and the host reads; see `Gauge`. */
  readonly gauge: Int32Array;
}

/** What a thread is told when it begins to serve. */
export interface ServeTask extends ThreadEnd {
  /** URL of an artifact that does nothing, for a thread that gets used to its work before it takes any. */
  readonly rehearsal: string | undefined;
}

/** A thread that serves one version until it is ended, or dies. */
export interface ServingThread {
  /** The host's end of the link. */
  readonly port: MessagePort;
  readonly gauge: Int32Array;
  /** Resolves when the thread has left: with why it died, or with `undefined` when it was asked to end. */
  readonly exited: Promise<unknown>;
  /** Ends the thread now, whatever it is doing. */
  terminate(): void;
}

/** The threads of one version. */
export interface ThreadPool {
  /**
   * Makes a thread and puts it to work; one that nobody waits for `rehearses` first. Never throws: of one that the platform
   * refuses, `exited` says why.
   */
  serve(rehearses?: boolean): ServingThread;
  /** Ends every thread. Idempotent. */
  close(): Promise<void>;
}

/** How threads are made; given to the platform as they are. */
export interface ThreadOptions {
  readonly resourceLimits?: ResourceLimits | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly execArgv?: readonly string[] | undefined;
}
