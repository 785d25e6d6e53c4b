import { join } from 'node:path';
import { declarationsSpecifier, hostBindingSpecifier } from '../plugin/own-symbols.js';
import type { LiveSymbol } from './collect/live-symbols.js';
import { relativePath } from '../core/paths.js';

/**
 * Returns the source of the entry module of an artifact. It imports the root module and every file with live symbols, and exports
 * everything that an `ArtifactModule` needs. Its imports are relative to `from`.
 */
export function entrySource(folder: string, live: readonly LiveSymbol[], from: string): string {
  const specifier = (path: string): string => {
    const relative = relativePath(from, path);
    return JSON.stringify(relative.startsWith('.') ? relative : `./${relative}`);
  };
  const modules = new Map(
    [...new Set(live.map(({ file }) => file))].map((file, index) => [file, `module${index}`]),
  );
  const table = (kind: LiveSymbol['kind']): string =>
    live
      .filter((symbol) => symbol.kind === kind)
      .map(({ name, file, exportName }) => {
        const module = modules.get(file);
        return `  ${JSON.stringify(name)}: ${module}[${JSON.stringify(exportName)}],\n`;
      })
      .join('');
  return [
    `export { bind, ownSymbols } from '${hostBindingSpecifier}';`,
    `import * as root from ${specifier(join(folder, 'index.ts'))};`,
    ...[...modules].map(([file, module]) => `import * as ${module} from ${specifier(file.getFilePath())};`),
    `export const plugin = root.default;`,
    `export const symbols = root;`,
    `export const liveFunctions = {\n${table('function')}};`,
    `export const liveTypes = {\n${table('type')}};`,
    '',
  ].join('\n');
}

/** Returns the source of an entry whose plugin declares resources, runs, takers or kept state. */
export function declaringEntry(entry: string): string {
  return `export { keptRoots, resources, takers, ticker } from '${declarationsSpecifier}';\n${entry}`;
}

/** Returns the file name of a plugin's generated entry, for when it is written. */
export function entryFileName(plugin: string): string {
  return `${plugin}.entry.ts`;
}
