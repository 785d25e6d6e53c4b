/**
 * The timers and the clock as they were when liveswap was imported. Supervision of threads must go on even when a test has replaced the global
 * timers by fake ones: time then stands still for the code under test, not for its threads.
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
