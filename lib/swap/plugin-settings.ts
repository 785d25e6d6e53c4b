import { givenOf } from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Manifest } from '../manifest/manifest.js';
import { keyOf } from '../core/plugin-key.js';
import type { SwapperSettings } from './options.js';
import type { PluginOptions } from './plugin-options.js';

/** Settings of each plugin: the swapper's, overridden by the option `plugins`. */
export class PluginSettings {
  readonly #settings: SwapperSettings;
  readonly #logger: Pick<Logger, 'warn'>;
  /** Names that were already logged. */
  readonly #said = new Set<string>();

  constructor(settings: SwapperSettings, logger: Pick<Logger, 'warn'>) {
    this.#settings = settings;
    this.#logger = logger;
  }

  /**
   * Returns the settings of a plugin; an exclusive one has a single thread.
   * @throws LiveswapError `OPTION_INVALID` when an exclusive plugin was given more
   */
  of({ name, exclusive }: Pick<Manifest, 'name' | 'exclusive'>): SwapperSettings {
    const own = this.#ownOf(name);
    // In process there is always one thread.
    const given = this.#settings.static ? { ...own, threads: 1, abandonedMs: Infinity } : own;
    const settings = { ...this.#settings, ...given };
    if (exclusive !== true || settings.threads === 1) return settings;
    if (own.threads !== undefined) {
      throw new LiveswapError(
        'OPTION_INVALID',
        `The option plugins.${name}.threads must be 1: ${name} is exclusive, and has one thread; it is ${own.threads}.`,
        { option: `plugins.${name}.threads`, plugin: name },
      );
    }
    this.#sayOnce(name, `${name} is exclusive: it has 1 thread, not ${settings.threads}.`);
    return { ...settings, threads: 1 };
  }

  /** Returns true when a standby thread for any plugin is suitable for this one. */
  isStandard(name: string): boolean {
    const { threads, resourceLimits, env } = this.#ownOf(name);
    return threads === undefined && resourceLimits === undefined && env === undefined;
  }

  /** Logs names in the option that no plugin has. */
  sayUnknown(manifests: readonly Pick<Manifest, 'name'>[]): void {
    const known = new Set(manifests.map(({ name }) => keyOf(name)));
    for (const name of Object.keys(this.#settings.plugins ?? {})) {
      if (!known.has(keyOf(name)))
        this.#sayOnce(name, `The option plugins names ${name}, but there is no such plugin.`);
    }
  }

  #ownOf(name: string): PluginOptions {
    const plugins = Object.entries(this.#settings.plugins ?? {});
    return givenOf(plugins.find(([one]) => keyOf(one) === keyOf(name))?.[1] ?? {});
  }

  #sayOnce(plugin: string, message: string): void {
    if (this.#said.has(keyOf(plugin))) return;
    this.#said.add(keyOf(plugin));
    this.#logger.warn({ plugin }, message);
  }
}
