/**
 * These interfaces are empty by themselves: `live.d.ts`, which the build writes, adds the live symbols of the plugins. Code that
 * has `live.d.ts` in its TypeScript program calls them by name, typed; where nothing is added, every name can be called and no
 * type is known.
 */

/** Live functions by name, as their callers see them: each returns a promise. */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
export interface LiveFunctions {}

/**
 * Live types by name: `value` is the data of an instance, `fields` is the data that makes one, and `result` is the value to which
 * `handle()` resolves.
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
export interface LiveTypes {}

/**
 * Signatures for calls by name of the live functions that are generic or overloaded: their parameters cannot be computed from the
 * name.
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
export interface LiveOverloads {}
