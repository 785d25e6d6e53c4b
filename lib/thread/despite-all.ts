/** Runs something that code of this thread may have broken, such as by replacing a method of `Array`; if it throws, runs `instead`. */
export function despiteAll(run: () => void, instead?: () => void): void {
  try {
    run();
  } catch {
    instead?.();
  }
}
