/*
 * Empty by themselves: `live.d.ts`, which the build writes, adds the live symbols of the plugins. Whatever has `live.d.ts` in its
 * TypeScript program calls them by name, typed; where nothing is added, everything can be called and nothing is known.
 */

/** Live functions by name, as their callers see them: each returns a promise. */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
export interface LiveFunctions {}

/** Live types by name: the data of an instance, `value`; what makes one, `fields`; and what `handle()` resolves to, `result`. */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
export interface LiveTypes {}

/** Calls by name of the live functions that are generic or overloaded: parameters of these cannot be computed from their names. */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
export interface LiveOverloads {}
