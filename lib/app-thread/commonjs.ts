import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { types } from 'node:util';
import * as pluginModule from '../plugin/index.js';
import { hostBindingSpecifier, registerOwnSymbols } from '../plugin/own-symbols.js';
import * as storesModule from '../stores/index.js';
import type { AdaptedPackages } from './adapted-packages.js';
import type { Evaluation } from './evaluation.js';
import type { FrozenFiles } from './frozen-files.js';
import { isUnseenRequire, orElse, resolveFrozen } from './resolve-frozen.js';
import { isWorkerThreads, maskedWorkerThreads } from './worker-threads-mask.js';

/** Undocumented parts of Node's CommonJS loader, on which every tool that compiles on the fly relies. */
interface CommonJsLoader {
  _load: (this: unknown, request: string, parent: LoadedModule | undefined, ...rest: unknown[]) => unknown;
  _extensions: Record<string, (module: LoadedModule, file: string) => void>;
  _resolveFilename: (
    this: unknown,
    request: string,
    parent: LoadedModule | undefined,
    ...rest: unknown[]
  ) => string;
}

interface LoadedModule {
  readonly filename: string | null;
  readonly exports: unknown;
  _compile(code: string, file: string): void;
}

const loader = Module as unknown as CommonJsLoader;

/**
 * Makes `require` find and load frozen files under their own names, and packages in their adapted form. TypeScript is replaced by
 * the JavaScript that the build made of it.
 *
 * @param evaluation runs the app's own modules.
 * @param onNews receives the app's own modules of which the build does not know that they are loaded.
 * @param onEsModule receives the ES modules that are required.
 */
export function freezeCommonJs(
  files: FrozenFiles,
  adapted: AdaptedPackages,
  evaluation: Evaluation,
  onNews: (path: string) => void,
  onEsModule: (path: string) => void,
): void {
  const resolveOnDisk = loader._resolveFilename;
  loader._resolveFilename = function (request, parent, ...rest) {
    const from = parent?.filename ?? undefined;
    const onDisk = (): string => resolveOnDisk.call(this, request, parent, ...rest);
    const frozen = resolveFrozen(files, request, from, 'require');
    if (frozen === undefined) return onDisk();
    return isUnseenRequire(files, request, from) ? orElse(onDisk, frozen) : frozen;
  };
  const load = loader._load;
  const masked = maskedWorkerThreads();
  loader._load = function (request, parent, ...rest) {
    const from = parent?.filename;
    if (from && files.isOwn(from)) {
      if (isWorkerThreads(request)) return masked;
      if (request === 'liveswap/plugin') return pluginModule;
      if (request === 'liveswap/stores') return storesModule;
      if (request === hostBindingSpecifier) return { registerOwnSymbols };
    }
    const exports = load.call(this, request, parent, ...rest);
    if (!adapted.isAdapted(request, from ?? undefined)) return exports;
    return adapted.commonJs(request, loader._resolveFilename(request, parent), exports);
  };
  const { _extensions: extensions } = loader;
  for (const extension of ['.js', '.cjs', '.ts', '.cts', '.tsx', '.jsx']) {
    const loadFromDisk = extensions[extension] ?? extensions['.js'];
    extensions[extension] = (module, file) => {
      const code = files.codeOf(file);
      if (files.isNews(file)) onNews(file);
      if (code === undefined || files.at(file)?.format !== 'commonjs') {
        loadFromDisk?.(module, file);
        if (types.isModuleNamespaceObject(module.exports)) onEsModule(file);
        return;
      }
      evaluation.run(file, () => module._compile(readFileSync(code, 'utf8'), file));
    };
  }
  const loadAddon = extensions['.node'];
  extensions['.node'] = (module, file) => loadAddon?.(module, files.copyOf(file) ?? file);
}
