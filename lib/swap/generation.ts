import { amongNames } from '../core/did-you-mean.js';
import { LiveswapError } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import type { Route } from '../dispatch/dispatcher.js';
import { Scope } from '../link/protocol.js';
import { keyOf } from '../core/plugin-key.js';
import type { UntypedFunctions } from '../plugin/definition.js';
import type { Version } from '../version/version.js';
import type { Vault } from '../plugin/vault.js';
import type { Note } from './plan.js';
import { PluginHandle } from './plugin-handle.js';

/** A version, and how it came into a generation. */
export interface Member {
  readonly version: Version;
  readonly note: Note;
}

/** Result of one plugin in `invokeEach`. */
export type Invoked = PromiseSettledResult<unknown> & { readonly plugin: string };

/** An immutable, consistent set of versions, one for each plugin. */
export class Generation {
  /** Counts from 1; a rollback creates a generation with a new id. */
  readonly id: number;
  /** Plugins in dependency order, dependencies first. */
  readonly plugins: readonly PluginHandle[];
  /** Its live functions, the data bag and the extension, as plugins see them. */
  readonly vault: Vault;
  readonly #members: readonly Member[];
  readonly #byKey: ReadonlyMap<string, PluginHandle>;
  readonly #liveFunctions = new Map<string, Version>();
  readonly #liveTypes = new Map<string, Version>();

  /** @internal `members` in dependency order. */
  constructor(id: number, members: readonly Member[], vault: Vault) {
    this.id = id;
    this.vault = vault;
    this.#members = members;
    this.plugins = members.map(({ version, note }) => new PluginHandle(version, note));
    this.#byKey = new Map(this.plugins.map((plugin) => [keyOf(plugin.name), plugin]));
    for (const { version } of members) {
      for (const { name } of version.artifact.manifest.liveFunctions) this.#liveFunctions.set(name, version);
      for (const { name } of version.artifact.manifest.liveTypes) this.#liveTypes.set(name, version);
    }
  }

  /**
   * Returns the handle of a plugin; names are compared case-insensitively. `Functions` is the type of the functions it offers, as
   * `FunctionsOf<typeof plugin>`.
   * @throws LiveswapError `PLUGIN_MISSING`
   */
  plugin<Functions extends object = UntypedFunctions>(name: string): PluginHandle<Functions> {
    // Code without types may pass anything.
    const given: unknown = name;
    const plugin = typeof given === 'string' ? given : shownValue(given);
    const found = this.#byKey.get(keyOf(plugin));
    if (found) return found as unknown as PluginHandle<Functions>;
    const known = this.plugins.map((one) => one.name).join(', ');
    throw new LiveswapError(
      'PLUGIN_MISSING',
      `There is no plugin ${plugin} in this generation; there are ${known}.`,
      { plugin },
    );
  }

  /**
   * Invokes a function of every plugin that has it, one after another, dependencies first. A failure is reported in that plugin's
   * result, and the remaining plugins still run.
   */
  async invokeEach(name: string, ...args: unknown[]): Promise<Invoked[]> {
    return invokeInTurn(this.plugins, name, args);
  }

  /** Works like {@link invokeEach}, but invokes dependents first. */
  async invokeEachBackward(name: string, ...args: unknown[]): Promise<Invoked[]> {
    return invokeInTurn(this.plugins.toReversed(), name, args);
  }

  /** @internal */
  resolve(scope: number, name: string): Route {
    if (scope === Scope.run) return this.#runnerOf(name);
    const found = this.#liveFunctions.get(name);
    if (found) return found;
    throw new LiveswapError(
      'FUNCTION_UNKNOWN',
      `There is no live function ${name}${amongNames(name, [...this.#liveFunctions.keys()])}`,
      {
        call: name,
      },
    );
  }

  /** @internal Versions, dependencies first. */
  get versions(): readonly Version[] {
    return this.#members.map((member) => member.version);
  }

  /** @internal */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** @internal Returns the version that has a live function or live type of this name. */
  ownerOf(name: string): Version | undefined {
    return this.#liveFunctions.get(name) ?? this.#liveTypes.get(name);
  }

  #runnerOf(liveType: string): Version {
    const owner = this.#liveTypes.get(liveType);
    if (!owner) {
      throw new LiveswapError(
        'TYPE_UNKNOWN',
        `No plugin owns the live type ${liveType}${amongNames(liveType, [...this.#liveTypes.keys()])}`,
        {
          liveType,
        },
      );
    }
    const facts = owner.artifact.manifest.liveTypes.find(({ name }) => name === liveType);
    if (facts?.handles) return owner;
    throw new LiveswapError(
      'HANDLE_MISSING',
      `The live type ${liveType} of ${owner.plugin} has no method handle().`,
      { liveType, plugin: owner.plugin },
    );
  }
}

async function invokeInTurn(
  plugins: readonly PluginHandle[],
  name: string,
  args: unknown[],
): Promise<Invoked[]> {
  const results: Invoked[] = [];
  for (const plugin of plugins) {
    if (!plugin.has(name)) continue;
    try {
      const value = await plugin.invoke(name, ...args);
      results.push({ plugin: plugin.name, status: 'fulfilled', value });
    } catch (reason) {
      results.push({ plugin: plugin.name, status: 'rejected', reason });
    }
  }
  return results;
}
