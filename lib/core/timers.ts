/**
 * The timers as they were when liveswap was imported. What watches over threads must go on where a test has put fake ones
 * in the place of the global ones: time stands still for the code under test, not for its threads.
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, queueMicrotask } =
  globalThis;
