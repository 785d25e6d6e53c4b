import { copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';
import { packedLibrary } from './places.js';
import { runProgram, startProgram, succeed, type ProgramRun, type RunningProgram } from './program.js';

/** A host that loads one plugin, calls it, reloads it and prints the outcome. */
export const host = `import { Swapper } from 'liveswap';
const swapper = new Swapper('artifacts');
try {
  await swapper.load();
  console.log(await swapper.call('live_salute', 'Ada'));
  console.log(String(await swapper.reload()));
} catch (error) {
  console.log(error.message, error.cause?.code);
}
await swapper.close();
`;

/** A host that loads, calls, reloads under calls, goes back, and closes. */
export const wholeLife = `import { copyFileSync } from 'node:fs';
import { Swapper } from 'liveswap';
const swapper = new Swapper('artifacts', { keep: 1 });
await swapper.load();
const said = [await swapper.call('live_salute', 'Ada')];
const pending = Array.from({ length: 100 }, () => swapper.call('live_salute', 'Ada'));
copyFileSync('next/guardian.plugin.mjs', 'artifacts/guardian.plugin.mjs');
said.push(String(await swapper.reload()), await swapper.call('live_salute', 'Ada'));
said.push((await Promise.all(pending)).length);
await swapper.rollback();
said.push(await swapper.call('live_salute', 'Ada'));
await swapper.close();
console.log(said.join(' | '));
`;

/** The output of {@link wholeLife}. */
export const wholeLifeSaid = 'Hail Ada | guardian: ok | Good day Ada | 100 | Hail Ada';

/** A project that has liveswap as it is published, and two releases of one plugin: `artifacts` and `next`. */
export interface PlatformProject {
  readonly folder: string;
  /** Runs a program in the project's folder; resolves to its whole output. */
  run(file: string, ...args: string[]): Promise<ProgramRun>;
  /** Runs Node. */
  node(...args: string[]): Promise<ProgramRun>;
  /** Starts a program. */
  start(file: string, ...args: string[]): RunningProgram;
  /** Copies the next release of the plugin to where the host loads it from. */
  deployNext(): Promise<void>;
}

/** Makes a project below the packages of this suite. Its liveswap is a real folder: a link would lead bundlers to the sources. */
export async function openProject(files: Files): Promise<PlatformProject> {
  const folder = await mkdtemp(join(import.meta.dirname, 'dist', 'project-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const installed = join(folder, 'node_modules/liveswap');
  await mkdir(installed, { recursive: true });
  await succeed({
    folder: installed,
    file: 'tar',
    args: ['-xzf', packedLibrary, '--strip-components=1'],
  });
  await writeProject(folder, files);
  return projectAt(folder);
}

/** Makes a project far from all packages, with liveswap in `liveswap.tgz`, for package managers to install. */
export async function openBareProject(files: Files, env: NodeJS.ProcessEnv = {}): Promise<PlatformProject> {
  const folder = await tempFolder();
  await copyFile(packedLibrary, join(folder, 'liveswap.tgz'));
  await writeProject(folder, files);
  return projectAt(folder, env);
}

/** Writes the files of a project, and two releases of a plugin: `artifacts` and `next`. */
async function writeProject(folder: string, files: Files): Promise<void> {
  await writeFiles(folder, { 'package.json': '{ "private": true, "type": "module" }', ...files });
  for (const [release, greeting] of [
    ['artifacts', 'Hail'],
    ['next', 'Good day'],
  ] as const) {
    await mkdir(join(folder, release), { recursive: true });
    const live = { live_salute: `(name) => \`${greeting} \${name}\`` };
    await deploy(join(folder, release), { name: 'guardian', live });
  }
}

function projectAt(folder: string, env: NodeJS.ProcessEnv = {}): PlatformProject {
  const run = (file: string, ...args: string[]): Promise<ProgramRun> =>
    runProgram({ folder, env, file, args });
  return {
    folder,
    run,
    node: (...args) => run(process.execPath, ...args),
    start: (file, ...args) => startProgram({ folder, env, file, args }),
    deployNext: () => cp(join(folder, 'next'), join(folder, 'artifacts'), { recursive: true }),
  };
}
