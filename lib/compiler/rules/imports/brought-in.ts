import type { ts } from 'ts-morph';
import type { PluginSources } from '../../rule.js';
import type { CodeImport } from './code-imports.js';
import type { Ownership, Violation } from './ownership.js';

/** Code that a plugin uses besides the TypeScript in its folder: shared modules, and JavaScript. */
export interface BroughtIn {
  /** Files that the compiler knows. */
  readonly known: readonly ts.SourceFile[];
  /** Absolute paths of JavaScript that the compiler does not read. */
  readonly unread: readonly string[];
  /** Absolute paths of the files through which the plugin brings in code that another plugin or the host owns. */
  readonly wrong: readonly string[];
}

/** Follows the imports of a plugin to the code that they bring in, except packages, other plugins and the host. */
export function broughtInto(
  plugin: PluginSources,
  program: ts.Program,
  ownership: Ownership,
  importsOf: (file: ts.SourceFile) => readonly CodeImport[],
): BroughtIn {
  const own = new Set(plugin.files.map((file) => file.compilerNode));
  const known = new Set<ts.SourceFile>();
  const unread = new Set<string>();
  const wrong = new Set<string>();
  const queue = [...own];
  for (let file = queue.pop(); file; file = queue.pop()) {
    const imports = importsOf(file);
    for (const path of imports.flatMap((found) => wayOf(ownership.violationBy(found)))) wrong.add(path);
    for (const path of imports.flatMap((found) => ownership.sharedFilesOf(found))) {
      const imported = program.getSourceFile(path);
      if (!imported) unread.add(path);
      else if (!imported.isDeclarationFile && !own.has(imported) && !known.has(imported)) {
        known.add(imported);
        queue.push(imported);
      }
    }
  }
  return { known: [...known], unread: [...unread], wrong: [...wrong] };
}

/** Returns the files of a violation; a path computed at run time ends with a folder. */
function wayOf(violation: Violation | undefined): readonly string[] {
  if (!violation || violation.on === 'liveswap') return [];
  return violation.path.filter((path) => /\.[cm]?[jt]sx?$/.test(path));
}
