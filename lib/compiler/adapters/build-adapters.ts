import { join, dirname, resolve } from 'node:path';
import type { Adapter, ExportAdapter } from '../../adapters/adapter.js';
import { AdapterSet } from '../../adapters/adapter-set.js';
import { builtinAdapters } from '../../adapters/builtin/index.js';
import { findInstalled } from '../../adapters/installed-version.js';
import type { CheckOptions } from '../options.js';
import { adaptersModule } from '../plugin-module.js';
import { noneOfOnesOwn, ownAdapters, type OwnAdapters } from './own-adapters.js';

/** Adapters that a build uses; those of the project come before the built-in ones. */
export class BuildAdapters {
  /** Only the built-in adapters. */
  static readonly builtin = new BuildAdapters(noneOfOnesOwn, [], builtinAdapters);
  readonly set: AdapterSet;
  readonly own: OwnAdapters;
  readonly #modules: ReadonlyMap<Adapter, string>;

  private constructor(own: OwnAdapters, files: readonly string[], builtin: readonly Adapter[]) {
    this.set = new AdapterSet([...own.adapters, ...builtin]);
    this.own = own;
    this.#modules = new Map(own.adapters.map((adapter, index) => [adapter, resolve(files[index] as string)]));
  }

  /** @throws LiveswapError `BUILD_FAILED` when one cannot be bundled; `OPTION_INVALID` when one throws, or is not an adapter */
  static async load({
    adapters: files = [],
    noAdapters = [],
  }: Pick<CheckOptions, 'adapters' | 'noAdapters'>): Promise<BuildAdapters> {
    const builtin = builtinAdapters.filter((one) => !noAdapters.includes(one.package));
    return new BuildAdapters(await ownAdapters(files), files, builtin);
  }

  /** Returns the absolute path of the module whose default export is an adapter. */
  moduleOf(adapter: Adapter): string {
    return this.#modules.get(adapter) ?? join(dirname(adaptersModule), 'builtin', `${adapter.package}.js`);
  }

  /** Returns the adapter of an export of a package for code in `file`; `undefined` when the export stays as it is. */
  forExport(module: string, name: string, file: string): ExportAdapter | undefined {
    if (this.set.of(module).length === 0) return undefined;
    const installed = findInstalled(module, dirname(file));
    const exports = installed && this.set.for(module, installed.version)?.exports;
    // `default` is the whole export of a CommonJS module.
    return exports?.[name] ?? (name === '*' ? exports?.['default'] : undefined);
  }
}
