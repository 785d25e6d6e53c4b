import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  context,
  type BuildContext,
  type BuildFailure,
  type BuildResult,
  type Message,
  type Plugin,
} from 'esbuild';
import { artifactFileName } from '../manifest/artifact.js';
import { isAsset } from './assets.js';
import type { Endings } from './collect/own-symbols.js';
import { entryFileName, hostBindingSpecifier } from './entry.js';
import { ADDON_SUFFIX, importsAddon, nativeAddons } from './native-addons.js';
import type { ResolvedOptions } from './options.js';
import { nameOwnModules, nameOwnSources } from './own-modules.js';
import { moduleEndings } from './module-endings.js';
import { hostBindingModule, pluginModule } from './plugin-module.js';
import type { Finding } from './rule.js';

/** What a bundle is made from. */
export interface BundleSource {
  /** Source of the module to begin with. */
  readonly entry: string;
  readonly endings: Endings;
}

/** The code of an artifact and what it was made of, or why there is none. */
export type Bundle =
  | { readonly state: 'bundled'; readonly body: Buffer; readonly inputs: readonly string[] }
  | { readonly state: 'refused'; readonly findings: readonly Finding[] };

// The manifest takes the place of the first line, so that the lines of the source map are right with it.
// The artifact may run as a copy below `.versions`; what it requires by path is relative to where it was built.
const banner = `//! liveswap
import { createRequire as liveswapRequire } from 'node:module';
import { fileURLToPath as liveswapPath } from 'node:url';
const liveswapHome = new URL(import.meta.url.replace(/\\/\\.versions\\/[^/]+\\/(?=[^/]*$)/, '/'));
const require = liveswapRequire(liveswapHome);
const liveswapFilename = liveswapPath(liveswapHome), liveswapDirname = liveswapPath(new URL('.', liveswapHome));`;

/** Bundles one plugin, again and again: what did not change between two bundles is not parsed again. */
export class Bundler {
  readonly #plugin: { readonly name: string; readonly folder: string };
  readonly #options: ResolvedOptions;
  #current: { readonly source: BundleSource; readonly context: Promise<BuildContext> } | undefined;
  #begun: { readonly source: BundleSource; readonly result: Promise<BuildResult> } | undefined;
  #hasAddons = false;

  constructor(plugin: { readonly name: string; readonly folder: string }, options: ResolvedOptions) {
    this.#plugin = plugin;
    this.#options = options;
  }

  /**
   * Begins to bundle in esbuild's own process what the entry of the last time leads to, if there was one. Resolves when esbuild
   * has been told.
   */
  async startAhead(): Promise<void> {
    await this.#forgetBegun();
    if (this.#current) await this.#begin(this.#current.source);
  }

  /** The same, unless it has been begun with this source. */
  async start(source: BundleSource): Promise<void> {
    if (isSame(this.#begun?.source, source)) return;
    await this.#forgetBegun();
    await this.#begin(source);
  }

  /** What has been begun. */
  async finish(): Promise<Bundle> {
    const begun = this.#begun;
    this.#begun = undefined;
    try {
      const { outputFiles = [], metafile } = (await begun?.result) ?? {};
      if (begun && !this.#hasAddons && metafile && importsAddon(metafile))
        return await this.#withAddons(begun.source);
      const textOf = (suffix: string): string =>
        outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? '';
      const { folder } = this.#plugin;
      const code = withQuickNames(withoutUnusedBanner(nameOwnModules(textOf('.mjs'), folder)));
      const map = nameOwnSources(textOf('.map'), resolve(this.#options.outDir));
      return {
        state: 'bundled',
        body: Buffer.from(`${code.slice(code.indexOf('\n') + 1)}${sourceMapComment(map)}\n`),
        inputs: Object.keys(metafile?.inputs ?? {})
          .filter((input) => input !== entryFileName(this.#plugin.name))
          .map((input) => resolve(folder, input)),
      };
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      return { state: 'refused', findings: error.errors.map((message) => this.#findingOf(message)) };
    }
  }

  async dispose(): Promise<void> {
    await (await this.#current?.context)?.dispose();
  }

  async #begin(source: BundleSource): Promise<void> {
    const esbuild = await this.#contextFor(source);
    const result = esbuild.rebuild();
    // Nobody waits for it any more when the build is given up before.
    result.catch(() => {});
    this.#begun = { source, result };
  }

  /** What is still being made of the files as they were before, esbuild would pass off as new. */
  async #forgetBegun(): Promise<void> {
    await this.#begun?.result.catch(() => {});
    this.#begun = undefined;
  }

  async #withAddons(source: BundleSource): Promise<Bundle> {
    await this.dispose();
    this.#current = undefined;
    this.#hasAddons = true;
    await this.start(source);
    return this.finish();
  }

  async #contextFor(source: BundleSource): Promise<BuildContext> {
    if (this.#current && isSame(this.#current.source, source)) return this.#current.context;
    await this.dispose();
    const context = this.#createContext(source);
    this.#current = { source, context };
    return context;
  }

  #createContext({ entry, endings }: BundleSource): Promise<BuildContext> {
    const { name, folder } = this.#plugin;
    const { outDir, define, external } = this.#options;
    // All of this is known to esbuild beforehand: with a plugin it asks back, and would have to wait while types are checked.
    return context({
      stdin: { contents: entry, resolveDir: folder, sourcefile: entryFileName(name), loader: 'ts' },
      alias: { 'liveswap/plugin': pluginModule, [hostBindingSpecifier]: hostBindingModule },
      absWorkingDir: folder,
      outfile: resolve(outDir, artifactFileName(name)),
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      keepNames: true,
      charset: 'utf8',
      sourcemap: 'external',
      metafile: true,
      logLevel: 'silent',
      banner: { js: banner },
      define: { ...jsonValues(define), __filename: 'liveswapFilename', __dirname: 'liveswapDirname' },
      external: [...external, ...(this.#hasAddons ? [] : [`*${ADDON_SUFFIX}`])],
      plugins: [
        ...moduleEndings(endings),
        ...(this.#hasAddons ? [nativeAddons(outDir)] : []),
        ...this.#assetPlugins(),
      ],
    });
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
        location && location.file !== entryFileName(name)
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

function isSame(one: BundleSource | undefined, other: BundleSource): boolean {
  return (
    one?.entry === other.entry &&
    one.endings.size === other.endings.size &&
    [...other.endings].every(([path, ending]) => one.endings.get(path) === ending)
  );
}

/** Most names need not be set: what esbuild renamed does. Each thread would wait for those that are right already. */
function withQuickNames(code: string): string {
  return code.replace(
    'var __name = (target, value) => __defProp(',
    'var __name = (target, value) => target.name === value ? target : __defProp(',
  );
}

/** Leaves the lines of the banner empty when nothing needs what it makes: each thread would wait for it. */
function withoutUnusedBanner(code: string): string {
  const rest = code.slice(banner.length);
  return /\b(?:require|liveswapFilename|liveswapDirname)\b/.test(rest)
    ? code
    : banner.replaceAll(/[^\n]/g, '') + rest;
}

function sourceMapComment(map: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
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
