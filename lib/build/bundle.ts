import { readFile } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { context, type BuildContext, type BuildFailure, type Message, type Plugin } from 'esbuild';
import { artifactFileName } from '../manifest/artifact.js';
import { isAsset } from './assets.js';
import { hostBindingSpecifier } from './entry.js';
import type { ResolvedOptions } from './options.js';
import { compiledLib, devalueModule } from './plugin-module.js';
import type { Finding } from './rule.js';

/** The code of an artifact and what it was made of, or why there is none. */
export type Bundle =
  | { readonly state: 'bundled'; readonly body: Buffer; readonly inputs: readonly string[] }
  | { readonly state: 'refused'; readonly findings: readonly Finding[] };

// The manifest takes the place of the first line, so that the lines of the source map are right with it.
const banner = `//! liveswap
import { createRequire as liveswapRequire } from 'node:module';
import { fileURLToPath as liveswapPath } from 'node:url';
const require = liveswapRequire(import.meta.url);
const liveswapFilename = liveswapPath(import.meta.url), liveswapDirname = liveswapPath(new URL('.', import.meta.url));`;

/** Bundles one plugin, again and again: what did not change between two bundles is not parsed again. */
export class Bundler {
  readonly #plugin: { readonly name: string; readonly folder: string };
  readonly #options: ResolvedOptions;
  #entry = '';
  #context: Promise<BuildContext> | undefined;

  constructor(plugin: { readonly name: string; readonly folder: string }, options: ResolvedOptions) {
    this.#plugin = plugin;
    this.#options = options;
  }

  /** @param entry source of the module to begin with. */
  async bundle(entry: string): Promise<Bundle> {
    this.#entry = entry;
    this.#context ??= this.#createContext();
    const esbuild = await this.#context;
    try {
      const { outputFiles = [], metafile } = await esbuild.rebuild();
      const code = Buffer.from(outputFiles[0]?.contents ?? []);
      return {
        state: 'bundled',
        body: code.subarray(code.indexOf('\n') + 1),
        inputs: Object.keys(metafile?.inputs ?? {})
          .filter((input) => !/^liveswap(-entry)?:/.test(input))
          .map((input) => resolve(this.#plugin.folder, input)),
      };
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      return { state: 'refused', findings: error.errors.map((message) => this.#findingOf(message)) };
    }
  }

  async dispose(): Promise<void> {
    await (await this.#context)?.dispose();
  }

  #createContext(): Promise<BuildContext> {
    const { name, folder } = this.#plugin;
    const { outDir, define, external } = this.#options;
    return context({
      entryPoints: [`liveswap-entry:${name}`],
      absWorkingDir: folder,
      outfile: resolve(outDir, artifactFileName(name)),
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      keepNames: true,
      charset: 'utf8',
      sourcemap: 'inline',
      metafile: true,
      logLevel: 'silent',
      banner: { js: banner },
      define: { ...jsonValues(define), __filename: 'liveswapFilename', __dirname: 'liveswapDirname' },
      external: ['*.node', ...external],
      plugins: [this.#entryPlugin(), pluginModulePlugin, ...this.#assetPlugins()],
    });
  }

  #entryPlugin(): Plugin {
    return {
      name: 'liveswap-entry',
      setup: (build) => {
        build.onResolve({ filter: /^liveswap-entry:/ }, ({ path }) => ({
          path: path.slice('liveswap-entry:'.length),
          namespace: 'liveswap-entry',
        }));
        build.onLoad({ filter: /.*/, namespace: 'liveswap-entry' }, () => ({
          contents: this.#entry,
          loader: 'js',
          resolveDir: this.#plugin.folder,
        }));
      },
    };
  }

  #assetPlugins(): Plugin[] {
    if (!this.#options.include) return [];
    const { folder } = this.#plugin;
    const options = this.#options;
    return [
      {
        name: 'liveswap-assets',
        setup(build) {
          build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
            if (!isAsset(folder, path, options)) return undefined;
            return { contents: await readFile(path, 'utf8'), loader: 'text' };
          });
        },
      },
    ];
  }

  #findingOf({ text, location }: Message): Finding {
    const { name, folder } = this.#plugin;
    const line = location?.line ?? 1;
    const column = (location?.column ?? 0) + 1;
    return {
      rule: 'bundle',
      plugin: name,
      file:
        location && location.namespace !== 'liveswap-entry'
          ? resolve(folder, location.file)
          : join(folder, 'index.ts'),
      line,
      column,
      endLine: line,
      endColumn: column + (location?.length ?? 0),
      problem: `${text}.`,
      remedy: '',
    };
  }
}

// A namespace of its own keeps the place where liveswap is installed out of the artifact's bytes.
const pluginModulePlugin: Plugin = {
  name: 'liveswap-plugin-module',
  setup(build) {
    const modules = new Map([
      ['liveswap/plugin', 'plugin/index.js'],
      [hostBindingSpecifier, 'plugin/host-binding.js'],
    ]);
    // What the plugin does not use of it stays out of the artifact.
    const found = { namespace: 'liveswap', sideEffects: false };
    build.onResolve({ filter: /^liveswap\/plugin(\/host-binding)?$/ }, ({ path }) => ({
      path: modules.get(path) ?? path,
      ...found,
    }));
    build.onResolve({ filter: /^\./, namespace: 'liveswap' }, ({ path, importer }) => ({
      path: posix.join(posix.dirname(importer), path),
      ...found,
    }));
    build.onResolve({ filter: /^devalue$/, namespace: 'liveswap' }, () => ({
      path: 'devalue/index.js',
      ...found,
    }));
    build.onLoad({ filter: /.*/, namespace: 'liveswap' }, async ({ path }) => ({
      contents: (await readFile(fileOf(path), 'utf8')).replace(/^\/\/# sourceMappingURL=.*$/m, ''),
      loader: 'js',
    }));
  },
};

function fileOf(path: string): string {
  return path.startsWith('devalue/')
    ? join(dirname(devalueModule), path.slice('devalue/'.length))
    : join(compiledLib, path);
}

function jsonValues(define: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(define).map(([name, value]) => [name, isJson(value) ? value : JSON.stringify(value)]),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
