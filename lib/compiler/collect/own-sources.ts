import { ts } from 'ts-morph';
import { isWithin } from '../../core/paths.js';
import type { PluginSources } from '../rule.js';
import { judgedFiles } from '../rules/analysis/analysis.js';
import { javascriptOf } from '../rules/javascript.js';

/** Sources of a plugin that one checker reads. */
export interface OwnSources extends PluginSources {
  /** False for JavaScript, whose types are only inferred. */
  readonly isTyped: boolean;
}

/** Returns the plugin's own modules: its TypeScript, then the JavaScript in its folder that it imports. */
export function ownSources(plugin: PluginSources): OwnSources[] {
  const isOwnJavascript = (file: ts.SourceFile): boolean =>
    isWithin(file.fileName, plugin.folder) && /\.m?jsx?$/.test(file.fileName) && ts.isExternalModule(file);
  const read = judgedFiles(plugin)
    .filter(isOwnJavascript)
    .map(({ fileName }) => plugin.project.getSourceFile(fileName))
    .filter((file) => file !== undefined);
  const unread = javascriptOf(plugin);
  const files = unread?.files.filter((file) => isOwnJavascript(file.compilerNode)) ?? [];
  return [
    { ...plugin, isTyped: true },
    ...(read.length > 0 ? [{ ...plugin, files: read, isTyped: false }] : []),
    ...(unread && files.length > 0 ? [{ ...unread, files, isTyped: false }] : []),
  ];
}
