import { dirname, join, resolve } from 'node:path';
import { ts } from 'ts-morph';
import type { PluginFolder } from './plugin-folders.js';
import { posixPath } from '../core/paths.js';

/** Sources under one tsconfig.json. */
type Sources = Pick<PluginFolder, 'files'>;

/**
 * Returns the tsconfig.json of a plugin: the nearest one, or the one of its referenced projects that contains the plugin's files.
 */
export function tsconfigFor(plugin: Sources, nearest: string | undefined): string | undefined {
  if (nearest === undefined) return undefined;
  const owner = projectsOf(nearest, new Set()).find((config) => holds(config, plugin));
  return owner ?? nearest;
}

/** Returns a tsconfig.json, and the projects to which it refers without files of its own. */
export function configsFrom(nearest: string): string[] {
  return [nearest, ...projectsOf(nearest, new Set())];
}

/** Returns the projects to which a tsconfig.json without files refers, directly or indirectly. */
function projectsOf(config: string, seen: Set<string>): string[] {
  if (seen.has(config)) return [];
  seen.add(config);
  const { config: content } = ts.readConfigFile(config, (file) => ts.sys.readFile(file)) as {
    config?: { files?: unknown[]; include?: unknown; references?: { path: string }[] };
  };
  if (!content?.references || content.files?.length !== 0 || content.include !== undefined) return [];
  return content.references.flatMap(({ path }) => {
    const named = resolve(dirname(config), path);
    const file = named.endsWith('.json') ? named : join(named, 'tsconfig.json');
    return [...projectsOf(file, seen), file];
  });
}

function holds(config: string, { files }: Sources): boolean {
  const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const parsed = ts.getParsedCommandLineOfConfigFile(config, undefined, host);
  const names = new Set(parsed?.fileNames.map((name) => posixPath(name)));
  return files.some((file) => names.has(posixPath(file)));
}
