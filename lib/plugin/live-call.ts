import type { LiveName } from '../live-data/live-names.js';
import type { LiveFunctions, LiveOverloads } from '../live-data/live-registry.js';

/** Live functions without types, by any name. */
export interface UntypedLive {
  readonly [name: string]: (...args: unknown[]) => Promise<unknown>;
}

/** Live functions by name, each async and always the newest version's: typed where `live.d.ts` is part of the program. */
export type LiveTable = [keyof LiveFunctions] extends [never] ? UntypedLive : LiveFunctions;

/** Parameters of the live function of this name. */
export type LiveArguments<Name extends string> = Name extends keyof LiveFunctions
  ? LiveFunctions[Name] extends (...args: infer Args) => unknown
    ? Args
    : never
  : unknown[];

/** The promise that a call of this name returns. */
export type LiveResult<Name extends string> = Name extends keyof LiveFunctions
  ? LiveFunctions[Name] extends (...args: never) => infer Result
    ? Result
    : never
  : Promise<unknown>;

/** Calls a live function by its name; `call<string>(name, …)` calls one that `live.d.ts` does not know. */
export type LiveCall = LiveOverloads & {
  <Name extends string>(name: LiveName<Name, LiveFunctions>, ...args: LiveArguments<Name>): LiveResult<Name>;
};

/** Gives types to a function that calls by name. */
export function typedCall(call: (name: string, args: unknown[]) => Promise<unknown>): LiveCall {
  return ((name: string, ...args: unknown[]) => call(name, args)) as LiveCall;
}
