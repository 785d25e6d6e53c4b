import { isBuiltin } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { ts } from 'ts-morph';
import { foldersAbove, isPackaged, isWithin, pathKey, pathOfUrl } from '../../../core/paths.js';
import type { PluginSources } from '../../rule.js';
import type { CodeImport } from './code-imports.js';
import { partOfFile, partOfSpecifier } from '../analysis/liveswap-package.js';
import { SourceReader } from './source-reader.js';

/** Code that an import brings into a plugin although another plugin or the host owns it. */
export type Violation =
  | { readonly on: 'liveswap' }
  /** `path` leads from the first file outside the plugin to the one that belongs to the other owner. */
  | { readonly on: 'plugin' | 'host'; readonly name: string; readonly path: readonly string[] };

/** Matches files in the plugin's folder that are checked only where something imports them. */
const javascript = /\.[cm]?jsx?$/;

/** Knows the owner of a file: the plugin itself, another plugin, or the host; or that it is shared. */
export class Ownership {
  readonly #plugin: PluginSources;
  readonly #sources: SourceReader;
  readonly #own: string;
  readonly #others: readonly { readonly name: string; readonly folder: string }[];
  readonly #byImport = new Map<CodeImport, Violation | undefined>();
  readonly #violations = new Map<string, Violation>();
  /**
   * Files that bring in nothing with another owner, in the order in which they were examined; files being examined are assumed to
   * be among them.
   */
  readonly #fine = new Set<string>();

  constructor(plugin: PluginSources) {
    this.#plugin = plugin;
    this.#sources = new SourceReader(plugin.project);
    this.#own = this.#sources.realPath(plugin.folder);
    this.#others = [...plugin.otherPlugins].map(([name, folder]) => ({
      name,
      folder: this.#sources.realPath(folder),
    }));
  }

  /** Returns the violation of an import, if there is one. */
  violationBy(found: CodeImport): Violation | undefined {
    if (this.#byImport.has(found)) return this.#byImport.get(found);
    const violation = this.#find(found);
    this.#byImport.set(found, violation);
    return violation;
  }

  #find(found: CodeImport): Violation | undefined {
    for (const specifier of found.specifiers) {
      const violation = this.#violationOf(specifier, found);
      // `isErased` is asked last, because it compiles the file.
      if (violation) return this.#sources.isErased(found) ? undefined : violation;
    }
    return found.prefix === undefined ? undefined : this.#violationOfPrefix(found.prefix, found.from);
  }

  /** Returns the files outside the plugin's folder and packages whose code an import may bring in. */
  sharedFilesOf(found: CodeImport): string[] {
    if (this.violationBy(found)) return [];
    const files = found.specifiers.flatMap((specifier) => {
      if (isBuiltin(specifier) || partOfSpecifier(specifier)) return [];
      const resolved = this.#resolve(specifier, found.node, found.from);
      const file = resolved && this.#sources.codeOf(resolved);
      return file !== undefined && this.#isShared(file) ? [file] : [];
    });
    return files.length > 0 && this.#sources.isErased(found) ? [] : files;
  }

  #isShared(file: string): boolean {
    const path = this.#sources.realPath(file);
    if (isPackaged(path) || partOfFile(path, this.#plugin.project)) return false;
    return !isWithin(path, this.#own) || javascript.test(path);
  }

  #violationOf(specifier: string, { node, from }: CodeImport): Violation | undefined {
    if (isBuiltin(specifier)) return undefined;
    const part = partOfSpecifier(specifier);
    if (part) return part === 'host' ? { on: 'liveswap' } : undefined;
    const file = this.#resolve(specifier, node, from);
    return file === undefined ? undefined : this.#violationInto(this.#sources.codeOf(file) ?? file);
  }

  #violationInto(file: string): Violation | undefined {
    const path = this.#sources.realPath(file);
    const known = this.#violations.get(path);
    if (known || this.#fine.has(path)) return known;
    const before = this.#fine.size;
    // A cycle of imports leads back to a file that is being examined.
    this.#fine.add(path);
    const violation = this.#judge(path);
    if (!violation) return undefined;
    // The same holds for files that import this one in a cycle; they are examined again on demand.
    for (const one of [...this.#fine].slice(before)) this.#fine.delete(one);
    this.#violations.set(path, violation);
    return violation;
  }

  #judge(path: string): Violation | undefined {
    const part = partOfFile(path, this.#plugin.project);
    if (part) return part === 'host' ? { on: 'liveswap' } : undefined;
    const name = this.#pluginAround(path);
    if (name !== undefined) return this.#owned(path, { on: 'plugin', name, path: [path] });
    if (isPackaged(path)) return undefined;
    if (isWithin(path, this.#own)) return javascript.test(path) ? this.#violationThrough(path) : undefined;
    const host = this.#sources.hostEntryOf(path);
    return host === undefined
      ? this.#violationThrough(path)
      : this.#owned(path, { on: 'host', name: host, path: [path] });
  }

  /** Returns `violation`, unless the file holds only types. Callers ask this last, because it compiles the file. */
  #owned(path: string, violation: Violation): Violation | undefined {
    return this.#sources.holdsOnlyTypes(path) ? undefined : violation;
  }

  /** Returns the violation of a shared file, which is fine as long as all of its own imports are. */
  #violationThrough(path: string): Violation | undefined {
    for (const found of this.#sources.codeImportsOf(path)) {
      const violation = this.violationBy(found);
      if (violation?.on === 'liveswap') return { on: 'host', name: path, path: [path] };
      if (violation) return { ...violation, path: [path, ...violation.path] };
    }
    return undefined;
  }

  /** Returns the name of another plugin whose folder contains a file, whether or not it is built in the same call. */
  #pluginAround(path: string): string | undefined {
    const around = this.#others.filter(({ folder }) => isWithin(path, folder));
    const [nearest] = around.sort((left, right) => right.folder.length - left.folder.length);
    if (nearest)
      return isWithin(this.#own, nearest.folder) && isWithin(path, this.#own) ? undefined : nearest.name;
    const apart = foldersAbove(path).filter((folder) => !isWithin(this.#own, folder));
    const plugin = apart.find((folder) => this.#sources.isPluginFolder(folder));
    return plugin === undefined ? undefined : basename(plugin);
  }

  /** Checks a path computed at run time, which may lead to any file with this beginning. */
  #violationOfPrefix(prefix: string, from: string): Violation | undefined {
    if (!prefix.startsWith('.')) return undefined;
    const path = this.#sources.realPath(resolve(dirname(from), prefix));
    const start = pathKey(path) + (prefix.endsWith('/') ? '/' : '');
    const other = this.#others.find(
      ({ folder }) => `${pathKey(folder)}/`.startsWith(start) || isWithin(path, folder),
    );
    return other && { on: 'plugin', name: other.name, path: [other.folder] };
  }

  #resolve(specifier: string, node: ts.Expression, from: string): string | undefined {
    if (specifier.startsWith('file:')) return pathOfUrl(specifier);
    const { project } = this.#plugin;
    const file = node.getSourceFile();
    if (ts.isStringLiteralLike(node) && from === file.fileName && this.#sources.isInProgram(file)) {
      const module = project.getTypeChecker().compilerObject.getSymbolAtLocation(node)?.valueDeclaration;
      if (module) return ts.isSourceFile(module) ? module.fileName : undefined;
    }
    const found = ts.resolveModuleName(
      specifier,
      from,
      project.compilerOptions.get(),
      project.getModuleResolutionHost(),
    );
    const isPath = specifier.startsWith('.') || specifier.startsWith('/');
    return found.resolvedModule?.resolvedFileName ?? (isPath ? resolve(dirname(from), specifier) : undefined);
  }
}
