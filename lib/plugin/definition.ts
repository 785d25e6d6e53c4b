import type { HttpDefinition } from './http-app.js';
import type { Vault } from './vault.js';

/** Anything callable that a plugin offers by name. */
export type AnyFunction = (...args: never[]) => unknown;

/**
 * A set of functions by name, as in `exports` and `functions`. A type with a signature would make a generic function written there
 * one of `never`.
 */
export type FunctionTable = Readonly<Record<string, CallableFunction>>;

/** Bound of a table that an interface may describe as well: an interface has no index signature. */
export type FunctionsOnly<Table> = { readonly [Name in keyof Table]: CallableFunction };

/**
 * Definition of a plugin. Everything is optional. Hooks run once in each thread of the version, dependencies first:
 * `reloadable`, `exports`, `onLoad`, `onInit`; `onFree` runs in reverse, at most once a thread. `onActive` and `onYield` run
 * where {@link PluginDefinition.activeIn} says, when exclusive work changes hands.
 */
export interface PluginDefinition<
  Exports extends object = FunctionTable,
  Functions extends object = FunctionTable,
> {
  /** True when a reload may replace the running version. Default `true`. */
  readonly reloadable?: boolean | (() => boolean | Promise<boolean>);
  /** Methods that other plugins reach through `importPlugin`. */
  readonly exports?: Exports | (() => Exports | Promise<Exports>);
  /** Functions that the host reaches by `invoke` and `invokeEach`. */
  readonly functions?: Functions;
  /** A web app, which `liveswap/http` serves. A function makes one in each thread, before the thread takes requests. */
  readonly http?: HttpDefinition;
  /** Live names that this release removes although somebody may use them, each with the reason; string literals only. */
  readonly removed?: Readonly<Record<string, string>>;
  /** Runs when every plugin is up and imports are bound; `data` is that of `load()` or `reload()`. */
  onLoad?(data: unknown): unknown;
  /** Runs when the vault is ready: live functions of the whole generation can be called. */
  onInit?(vault: Vault): unknown;
  /** Runs when the version is retired, or its load has failed. */
  onFree?(): unknown;
  /**
   * Runs when this version becomes the active one: work that only one version may do, such as a consumer or a schedule, begins
   * here. `previous` is the result of `onYield` in the version before; `undefined` at a first load, after a crash, or when it
   * returned nothing.
   */
  onActive?(previous?: unknown): unknown;
  /**
   * Runs when another version takes over or the swapper closes: work that `onActive` began ends here. The result, live data of at
   * most 1 MB, is passed to the successor's `onActive`, or to its own if the reload is refused after all.
   */
  onYield?(): unknown;
  /** Threads in which `onActive` and `onYield` run: the first of the version (`'version'`, the default), or each. */
  readonly activeIn?: 'version' | 'thread';
  /** Only one version runs at a time, in one thread: calls wait while it hands over to the next. Implied by `kept`. */
  readonly exclusive?: boolean;
}

/**
 * Defines a plugin; the default export of its root `index.ts`.
 *
 * @example
 * export default definePlugin({ exports: { salute: (name: string) => `Hail ${name}` } });
 */
export function definePlugin<
  Exports extends FunctionsOnly<Exports> = Record<never, AnyFunction>,
  Functions extends FunctionsOnly<Functions> = Record<never, AnyFunction>,
>(definition: PluginDefinition<Exports, Functions>): PluginDefinition<Exports, Functions> {
  return definition;
}

/** The exported methods of a plugin, as its dependents see them. */
export type ExportsOf<Plugin> = Plugin extends PluginDefinition<infer Exports, object> ? Exports : never;

/** The functions of a plugin that `invoke` reaches. */
export type FunctionsOf<Plugin> =
  Plugin extends PluginDefinition<object, infer Functions> ? Functions : never;

/**
 * A table of functions as seen from another thread: every method async, async iterables and streams kept. An optional method is
 * there: a plugin that names one which is not exported is not loaded.
 */
export type Remote<Table> = {
  readonly [
    Name in keyof Table as NonNullable<Table[Name]> extends AnyFunction ? Name : never
  ]-?: RemoteFunction<NonNullable<Table[Name]>>;
};

/** An async function stays as it is, with its type parameters and overloads, which no other type can take over. */
type RemoteFunction<Fn> = Fn extends (...args: infer Args) => infer Result
  ? [IsPromise<Result>, HasThis<Fn>] extends [true, false]
    ? Fn
    : (...args: Args) => Promise<Awaited<Result>>
  : never;

/** False for `any`, and for a class that extends `Promise`: the members that it adds do not cross. */
type IsPromise<Result> = 0 extends 1 & Result
  ? false
  : [Result, Promise<Awaited<Result>>] extends [Promise<unknown>, Result]
    ? true
    : false;

/** True for a method that declares its `this`, which a handle is not. */
type HasThis<Fn> = unknown extends ThisParameterType<Fn> ? false : true;

/** Functions of which only the names are known, for untyped callers. */
export type UntypedFunctions = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The names of the functions in a table. */
export type FunctionName<Table> = keyof Remote<Table> & string;

/** Arguments of a function of a table when it is called from another thread. */
export type RemoteArgs<Table, Name extends FunctionName<Table>> = Parameters<Remote<Table>[Name]>;

/** Value that a function of a table resolves to in another thread. */
export type RemoteResult<Table, Name extends FunctionName<Table>> = Awaited<ReturnType<Remote<Table>[Name]>>;
