import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { placeForSnapshot } from '../../lib/compiler/snapshot/snapshot-file.js';
import { packageFile } from '../../lib/core/package-files.js';
import { barracks } from './plugins.js';
import { secondsOf, type Command } from './seconds-of.js';
import { writePlugins } from './write-plugins.js';

/** Sources of a plugin, and the command of each tool. */
export interface TypedSources {
  /** Folder of a package, with the tsconfig.json. */
  readonly folder: string;
  /** Folder of the plugin. */
  readonly plugin: string;
  /** Root module of the plugin. */
  readonly root: string;
  /** `tsc --noEmit` on the same files, which knows only types. */
  readonly tsc: Command;
  /** The command of liveswap as its users run it, without arguments. */
  readonly liveswap: Command;
  /** Environment in which there is a snapshot of the compiler, as commands at a terminal leave one on a machine. */
  readonly withSnapshot: NodeJS.ProcessEnv;
  readonly withoutSnapshot: NodeJS.ProcessEnv;
}

/** Runs a command of liveswap as if for the first time in a folder: without what the last run there has left to the next. */
export async function firstTime(
  command: Command,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  await rm(join(folder, 'node_modules'), { recursive: true, force: true });
  return secondsOf(command, folder, environment);
}

/** Writes a plugin of `files` modules, and the tsconfig with which `tsc` reads it. */
export async function writeTypedSources(folder: string, files: number): Promise<TypedSources> {
  const [plugin] = (await writePlugins(folder, { guardian: barracks('guardian', files) })) as [string];
  const library = fileURLToPath(new URL('../../lib/plugin/index.d.ts', import.meta.url));
  const tsconfig = join(folder, 'tsconfig.json');
  await writeFile(
    tsconfig,
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
        paths: { 'liveswap/plugin': [library] },
      },
      include: [plugin],
    }),
  );
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return {
    folder,
    plugin,
    root: join(plugin, 'index.ts'),
    tsc: [process.execPath, createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', tsconfig],
    liveswap: [process.execPath, fileURLToPath(new URL('../../../lib/cli/bin.js', import.meta.url))],
    ...(await temporaryFolders(folder)),
  };
}

/** Makes two temporary folders, one with a snapshot of the compiler. In both, Node keeps what it has compiled. */
async function temporaryFolders(
  folder: string,
): Promise<Pick<TypedSources, 'withSnapshot' | 'withoutSnapshot'>> {
  const [withSnapshot, withoutSnapshot] = [
    { TMPDIR: join(folder, 'later') },
    { TMPDIR: join(folder, 'first') },
  ];
  for (const { TMPDIR } of [withSnapshot, withoutSnapshot]) await mkdir(TMPDIR);
  Object.assign(process.env, withSnapshot);
  await promisify(execFile)(process.execPath, [
    packageFile('#snapshot-maker'),
    (await placeForSnapshot()) ?? '',
  ]);
  return { withSnapshot, withoutSnapshot };
}
