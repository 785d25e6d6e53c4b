import { isThenable } from '../core/is-thenable.js';
import { boundHost } from '../plugin/host-binding.js';

/** Returns a function that looks the same, but whose promise counts as pending until it settles. */
export function heldFunction<Fn extends (...args: never[]) => unknown>(run: Fn): Fn {
  return new Proxy(run, {
    apply(target, self, args: never[]) {
      const result: unknown = Reflect.apply(target, self, args);
      if (isThenable(result)) holdUntilSettled(result);
      return result;
    },
  });
}

/** Counts `work` as pending until it settles; its outcome is left to its owner. */
export function holdUntilSettled(work: PromiseLike<unknown>): void {
  boundHost().waitUntil(
    new Promise<void>((resolve) => {
      work.then(
        () => resolve(),
        () => resolve(),
      );
    }),
  );
}
