import { join } from 'node:path';
import { posixPath } from '../core/paths.js';
import type { BuildAdapters } from './adapters/build-adapters.js';
import type { ProgramCheck } from './app-typescript/program-check.js';
import type { PluginFolder } from './plugin-folders.js';
import type { Program } from './program.js';
import type { Programs } from './programs.js';
import type { PluginSources } from './rule.js';

/** A plugin's sources, and the checker of their program. */
export interface OpenPlugin {
  readonly sources: PluginSources;
  readonly types: ProgramCheck;
  readonly program: Program;
  /** Path of the tsconfig.json that applies, if the nearest one only refers to it. */
  readonly referenced: string | undefined;
  /** Declarations that apply without being imported. */
  readonly ambient: ReadonlySet<string>;
}

/** Means to read a plugin's sources. */
interface Surroundings {
  readonly programs: Programs;
  /** The plugins of the same call, this one included. */
  readonly all: readonly PluginFolder[];
  readonly adapters: BuildAdapters;
  readonly livePrefix: string;
}

/** Adds the present files of a plugin to its program. */
export function openPlugin(
  plugin: PluginFolder,
  { programs, all, adapters, livePrefix }: Surroundings,
): OpenPlugin {
  const { name, folder } = plugin;
  const { program, files, referenced } = programs.open(plugin);
  const others = all.filter((other) => other.folder !== folder);
  const sources: PluginSources = {
    name,
    folder,
    files,
    root: files[0]?.getFilePath() === posixPath(join(folder, 'index.ts')) ? files[0] : undefined,
    project: program.project,
    otherPlugins: new Map(others.map((other) => [other.name, other.folder])),
    livePrefix,
    adapterOf: (module, exported, file) => adapters.forExport(module, exported, file),
  };
  return { sources, types: program.types, program, referenced, ambient: program.ambient };
}
