import { relative, sep } from 'node:path';
import type { LiveSymbol } from './collect/live-symbols.js';
import type { PluginSources } from './rule.js';

/** The module that `liveswap/plugin` gives to generated entries, beside the one it gives to plugins. */
export const hostBindingSpecifier = 'liveswap/plugin/host-binding';

/**
 * The source of the module that an artifact is bundled from: it imports the root module and every file with live
 * symbols, and exports what an `ArtifactModule` must.
 */
export function entrySource(plugin: Pick<PluginSources, 'folder'>, live: readonly LiveSymbol[]): string {
  const modules = new Map(
    [...new Set(live.map(({ file }) => file))].map((file, index) => [file, `module${index}`]),
  );
  const table = (kind: LiveSymbol['kind']): string =>
    live
      .filter((symbol) => symbol.kind === kind)
      .map(({ name, file, exportName }) => `  ${name}: ${modules.get(file)}.${exportName},\n`)
      .join('');
  return [
    `import * as root from './index.ts';`,
    ...[...modules].map(
      ([file, module]) =>
        `import * as ${module} from './${relativePath(plugin.folder, file.getFilePath())}';`,
    ),
    `export { bind } from '${hostBindingSpecifier}';`,
    `export const plugin = root.default;`,
    `export const symbols = root;`,
    `export const liveFunctions = {\n${table('function')}};`,
    `export const liveTypes = {\n${table('type')}};`,
    '',
  ].join('\n');
}

/** A path from `folder`, with forward slashes. */
export function relativePath(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}
