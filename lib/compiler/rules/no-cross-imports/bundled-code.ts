import { ts } from 'ts-morph';
import type { BundledFile } from '../../bundle/bundled-file.js';
import { findingAt } from '../../finding-at.js';
import { nativePath } from '../../posix-path.js';
import type { Finding, PluginSources } from '../../rule.js';
import { walk } from '../analysis/syntax.js';
import { Ownership, type Violation } from '../imports/ownership.js';
import { noCrossImports, problemOf } from './no-cross-imports.js';

const remedy =
  'Write `import type { … }` or `export type { … }`: the bundler does not know which names are types, and takes the module in.';

/**
 * Returns findings about code of other plugins and of the host in a bundle, where the imports themselves looked harmless: the
 * bundler sees one file at a time, and keeps `export { Type } from`, which the compiler drops.
 */
export function bundledCrossImports(plugin: PluginSources, bundled: readonly BundledFile[]): Finding[] {
  const own = new Set(plugin.files.map((file) => nativePath(file.getFilePath())));
  const foreign = foreignFiles(
    bundled.filter(({ file }) => !own.has(file)),
    plugin,
  );
  if (foreign.size === 0) return [];
  const judged = new Set<ts.Node | string>();
  noCrossImports.check(plugin, (place) => judged.add(place));
  const ways = new Ways(bundled, foreign, own);
  return plugin.files.flatMap((file) => {
    const found = ways.from(nativePath(file.getFilePath()));
    return found.flatMap(({ specifier, violation }) => {
      const places = literalsOf(file.compilerNode, specifier);
      const [place] = places;
      // The rule has judged this import already; it may be allowed by a comment.
      if (!place || places.some((literal) => judged.has(literal))) return [];
      const { problem } = problemOf(violation, plugin.folder);
      return [findingAt(place, noCrossImports.name, plugin.name, problem, remedy)];
    });
  });
}

function foreignFiles(
  bundled: readonly BundledFile[],
  plugin: PluginSources,
): ReadonlyMap<string, Violation> {
  const ownership = new Ownership(plugin);
  return new Map(
    bundled.flatMap(({ file, bytes, owner }) => {
      const violation = bytes > 0 && owner === undefined ? ownership.ownerOf(file) : undefined;
      return violation ? [[file, violation] as const] : [];
    }),
  );
}

/** Finds the imports of a plugin's own files through which foreign code came into a bundle. */
class Ways {
  readonly #files: ReadonlyMap<string, BundledFile>;
  readonly #foreign: ReadonlyMap<string, Violation>;
  readonly #own: ReadonlySet<string>;

  constructor(
    bundled: readonly BundledFile[],
    foreign: ReadonlyMap<string, Violation>,
    own: ReadonlySet<string>,
  ) {
    this.#files = new Map(bundled.map((one) => [one.file, one]));
    this.#foreign = foreign;
    this.#own = own;
  }

  from(file: string): { readonly specifier: string; readonly violation: Violation }[] {
    return [...(this.#files.get(file)?.imported ?? [])].flatMap(([specifier, target]) => {
      const violation = this.#own.has(target) ? undefined : this.#through(target, new Set());
      return violation ? [{ specifier, violation }] : [];
    });
  }

  /** Follows shared files to the first foreign one. */
  #through(file: string, seen: Set<string>): Violation | undefined {
    const violation = this.#foreign.get(file);
    if (violation || seen.has(file)) return violation;
    seen.add(file);
    for (const target of this.#files.get(file)?.imported.values() ?? []) {
      const found = this.#own.has(target) ? undefined : this.#through(target, seen);
      if (found) return 'path' in found ? { ...found, path: [file, ...found.path] } : found;
    }
    return undefined;
  }
}

function literalsOf(file: ts.SourceFile, text: string): ts.StringLiteralLike[] {
  const found: ts.StringLiteralLike[] = [];
  walk(file, (node) => {
    if (ts.isStringLiteralLike(node) && node.text === text) found.push(node);
  });
  return found;
}
