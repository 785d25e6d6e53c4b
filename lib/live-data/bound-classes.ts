import type { LiveClasses } from './live-classes.js';

let bound: LiveClasses | undefined;

/** Gives this copy of the module, which is bundled into an artifact, the live types of its version. */
export function bindLiveClasses(classes: LiveClasses): void {
  bound = classes;
}

/** Returns the live types of the version to which this copy belongs; `undefined` in a host. */
export function boundLiveClasses(): LiveClasses | undefined {
  return bound;
}
