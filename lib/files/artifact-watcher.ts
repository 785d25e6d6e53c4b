/** Options of `swapper.watch()`. */
export interface ArtifactWatchOptions {
  /** Makes what `onLoad` is given. */
  readonly data?: () => unknown;
  /** Milliseconds without another sign after which what a deploy has written is one release. Default 1000. */
  readonly settleMs?: number;
  /** Milliseconds that an artifact may take to be written to its end before a warning is logged. Default 5000. */
  readonly wholeMs?: number;
}

/** Artifacts being watched. */
export interface ArtifactWatcher extends AsyncDisposable {
  /** Ends watching; the swapper stays as it is. Idempotent. */
  close(): Promise<void>;
}
