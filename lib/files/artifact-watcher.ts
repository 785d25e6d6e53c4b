/** Options of `swapper.watch()`. */
export interface ArtifactWatchOptions {
  /** Makes the data that `onLoad` receives. Default: the swapper's option `data`. */
  readonly data?: () => unknown;
  /** Milliseconds without further signs after which everything a deploy has written counts as one release. Default 1000. */
  readonly settleMs?: number;
  /** Milliseconds that an artifact may take to be completely written before a warning is logged. Default 5000. */
  readonly wholeMs?: number;
}

/** Handle of a watch on artifacts. */
export interface ArtifactWatcher extends AsyncDisposable {
  /** Stops watching; the swapper stays as it is. Idempotent. */
  close(): Promise<void>;
}
