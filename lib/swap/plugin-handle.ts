import type { Chain } from '../core/chain.js';
import { watchArguments } from '../core/node-stream.js';
import { checkName } from '../core/check-name.js';
import { amongNames } from '../core/did-you-mean.js';
import { LiveswapError } from '../core/errors.js';
import { chainHere } from '../dispatch/host-carrier.js';
import { Scope } from '../link/protocol.js';
import type { FunctionName, RemoteArgs, RemoteResult, UntypedFunctions } from '../plugin/definition.js';
import { lookupSymbol } from '../version/lookup-symbol.js';
import type { Version } from '../version/version.js';
import type { VersionState } from '../version/version-state.js';
import { addCallerStack } from './caller-stack.js';
import type { Note } from './plan.js';

/**
 * One plugin of a generation, for use by the host.
 *
 * @example
 * const guardian = swapper.current.plugin<GuardianFunctions>('guardian');
 * await guardian.invoke('polish', 3);
 */
export class PluginHandle<Functions extends object = UntypedFunctions> {
  /** Way in which it came into this generation. */
  readonly note: Note;
  readonly #version: Version;
  readonly #chain: Chain | undefined;
  readonly #during: ((call: Promise<unknown>) => void) | undefined;

  /** @internal Calls are part of `chain`; `during` is told of each. */
  constructor(version: Version, note: Note, chain?: Chain, during?: (call: Promise<unknown>) => void) {
    this.#version = version;
    this.note = note;
    this.#chain = chain;
    this.#during = during;
  }

  /** @internal Returns the same handle with calls that are part of `chain`; `during` is told of each. */
  inChain(chain: Chain, during: (call: Promise<unknown>) => void): PluginHandle<Functions> {
    return new PluginHandle(this.#version, this.note, chain, during);
  }

  /** The plugin's name. */
  get name(): string {
    return this.#version.plugin;
  }

  /** Absolute path of the artifact that was read; threads run a copy. */
  get file(): string {
    return this.#version.artifact.file;
  }

  /** SHA-256 of the artifact's bytes, in hexadecimal. */
  get hash(): string {
    return this.#version.artifact.hash;
  }

  /** Time at which this version was loaded. */
  get loadedAt(): Date {
    return this.#version.loadedAt;
  }

  /** Names of the imported plugins, sorted by name. */
  get deps(): readonly string[] {
    return [...this.#version.dependencies.values()].map((dependency) => dependency.plugin).sort();
  }

  /** True when a reload may replace it. */
  get reloadable(): boolean {
    return this.#version.definition.reloadable;
  }

  /** Step of the version's life. */
  get state(): VersionState['kind'] {
    return this.#version.state.kind;
  }

  /** Returns true when {@link invoke} knows this name. */
  has(name: string): boolean {
    return this.#version.definition.functions.includes(name);
  }

  /**
   * Calls one of `definePlugin({ functions })` in this version. A stored handle does not follow reloads, and rejects with
   * `RETIRED` once its version has left; get a new one from `swapper.current`.
   * @throws LiveswapError `FUNCTION_UNKNOWN`, `RETIRED`, and all errors of a call
   */
  async invoke<Name extends FunctionName<Functions>>(
    name: Name,
    ...args: RemoteArgs<Functions, Name>
  ): Promise<RemoteResult<Functions, Name>> {
    try {
      return (await this.#dispatch(name, args)) as RemoteResult<Functions, Name>;
    } catch (error) {
      throw addCallerStack(error);
    }
  }

  /**
   * Resolves to a clone of the value of an exported symbol of the root module.
   * @throws LiveswapError `SYMBOL_UNKNOWN`, `NOT_CLONEABLE`, `RETIRED`; `THREAD_CRASHED` while every thread is being replaced
   */
  async lookup(symbol: string): Promise<unknown> {
    try {
      return await lookupSymbol(this.#version, symbol);
    } catch (error) {
      throw addCallerStack(error);
    }
  }

  #dispatch(name: string, args: readonly unknown[]): Promise<unknown> {
    watchArguments(args);
    checkName(name);
    const version = this.#version;
    if (!this.has(name)) {
      throw new LiveswapError(
        'FUNCTION_UNKNOWN',
        `Plugin ${this.name} has no function ${name}${amongNames(name, version.definition.functions, 'it has')}`,
        { plugin: this.name, version: version.id, call: name },
      );
    }
    const chain = chainHere(version.settings.carrier, undefined, this.#chain);
    const call = version.prepare({ scope: Scope.function, name, args, chain }, true);
    version.balancer.dispatch(call);
    this.#during?.(call.promise);
    return call.promise;
  }
}
