import { dirname, join, resolve } from 'node:path';
import { ts } from 'ts-morph';
import type { PluginFolder } from './plugin-folders.js';
import { posixPath } from '../core/paths.js';

/** Sources under one tsconfig.json. */
type Sources = Pick<PluginFolder, 'files'>;

/**
 * Returns the tsconfig.json of a plugin: the nearest one, or the one of its referenced projects that contains the plugin's files.
 *
 * @param namesOf returns the paths of the files that a tsconfig.json includes, with forward slashes.
 */
export function tsconfigFor(
  { files }: Sources,
  nearest: string | undefined,
  namesOf: (config: string) => ReadonlySet<string> = includedBy,
): string | undefined {
  if (nearest === undefined) return undefined;
  const owner = projectsOf(nearest, new Set()).find((config) => {
    const names = namesOf(config);
    return files.some((file) => names.has(posixPath(file)));
  });
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
    config?: { files?: unknown[]; include?: unknown[]; references?: { path: string }[] };
  };
  const { files, include, references } = content ?? {};
  const isEmpty = files?.length === 0 ? !include?.length : files === undefined && include?.length === 0;
  if (!references || !isEmpty) return [];
  return references.flatMap(({ path }) => {
    const named = resolve(dirname(config), path);
    const file = named.endsWith('.json') ? named : join(named, 'tsconfig.json');
    return [...projectsOf(file, seen), file];
  });
}

/** Returns the paths of the files that a tsconfig.json includes, with forward slashes. */
export function includedBy(config: string): ReadonlySet<string> {
  const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const parsed = ts.getParsedCommandLineOfConfigFile(config, undefined, host);
  return new Set(parsed?.fileNames.map((name) => posixPath(name)));
}
