import { realpath } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import type { Message, OnResolveArgs, OnResolveResult, PluginBuild, ResolveResult } from 'esbuild';
import { isPackaged } from '../../core/paths.js';
import { NodeResolver } from './node-resolver.js';

const RESOLVED = Symbol('resolved');
/** Matches bare specifiers and paths into packages; esbuild resolves all others by itself, without calling back. */
const ASKED = /^[^./]|[\\/]node_modules(?:[\\/]|$)/;
const TYPESCRIPT = /\.[cm]?tsx?$/;
const NOWHERE = /^Could not resolve "(.+)"$/;

/** Resolves imports that lead to own files; packages, built-in modules and missing files are left out. */
export class OwnImports {
  readonly #folder: string;
  readonly #found = new Map<string, Promise<OnResolveResult>>();
  readonly #node = new NodeResolver();
  /** Importers and their specifiers that lead nowhere: a missing module is an error only when it is loaded, as in Node. */
  readonly #missing = new Map<string, Set<string>>();

  /** @param folder absolute path that the places of errors are relative to. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Notes an import that leads nowhere. Returns true when an error of esbuild is about one that was not known yet. */
  noteMissing({ text, location }: Message): boolean {
    const path = NOWHERE.exec(text)?.[1];
    if (path === undefined || !location) return false;
    const importer = resolve(this.#folder, location.file);
    const known = this.#missing.get(importer) ?? new Set();
    this.#missing.set(importer, known);
    const isNew = !known.has(path);
    known.add(path);
    return isNew;
  }

  setUp(esbuild: PluginBuild): void {
    esbuild.onResolve({ filter: ASKED }, (args) => {
      if (args.kind === 'entry-point' || args.pluginData === RESOLVED) return undefined;
      // The same names are imported from many files.
      const key = [args.kind, args.resolveDir, TYPESCRIPT.test(args.importer), args.path].join('\0');
      const found = this.#found.get(key) ?? this.#find(esbuild, args);
      this.#found.set(key, found);
      return found;
    });
    if (this.#missing.size === 0) return;
    esbuild.onResolve({ filter: /.*/ }, ({ path, importer }) =>
      this.#missing.get(importer)?.has(path) ? { path, external: true } : undefined,
    );
  }

  /** Must be called when resolving is done for now. */
  close(): Promise<void> {
    return this.#node.close();
  }

  async #find(esbuild: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult> {
    const { path } = args;
    const outside = { path, external: true };
    if (isBuiltin(path)) return outside;
    const found = await this.#resolve(esbuild, args);
    if (found.external || found.errors.length > 0 || !isAbsolute(found.path)) return outside;
    return isPackaged(found.path) ? outside : { path: await realpath(found.path) };
  }

  /**
   * Resolves an import. Node does not know `paths`, so JavaScript is resolved without them: otherwise compiled code in `dist`
   * would import the sources.
   */
  async #resolve(esbuild: PluginBuild, args: OnResolveArgs): Promise<ResolveResult> {
    const { path, kind, importer, resolveDir } = args;
    const options = { kind, importer, resolveDir };
    if (!TYPESCRIPT.test(importer)) {
      const found = await this.#node.resolve(path, options);
      if (found.errors.length === 0) return found;
    }
    return esbuild.resolve(path, { ...options, pluginData: RESOLVED });
  }
}
