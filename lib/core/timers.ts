/**
 * The timers and the clock as they were when liveswap was imported. The supervision of threads must continue even if a test has
 * replaced the global timers by fake ones: time then stops for the code under test, but not for its threads.
 */
export const {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  queueMicrotask,
  performance,
} = globalThis;
