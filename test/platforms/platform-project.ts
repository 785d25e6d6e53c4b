import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';

/** The folder in which this package is developed. */
export const repository = join(import.meta.dirname, '../..');

/** The packages of `npm run test:platforms`. */
export const platformPackages = join(import.meta.dirname, 'node_modules');

/** A host that loads one plugin, calls it, reloads it and says how that went. */
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

/** Outcome of a program. */
export interface ProgramRun {
  readonly code: number;
  readonly output: string;
}

/** A project that has liveswap as it is published, and the artifact of one plugin. */
export interface PlatformProject {
  readonly folder: string;
  /** Runs a program in the project's folder; resolves to all that it has written. */
  run(file: string, ...args: string[]): Promise<ProgramRun>;
  /** Runs Node. */
  node(...args: string[]): Promise<ProgramRun>;
}

/** A project below the packages of this suite; its liveswap is a real folder, as no link leads bundlers to its sources. */
export async function openProject(files: Files): Promise<PlatformProject> {
  await mkdir(join(import.meta.dirname, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(import.meta.dirname, 'dist', 'project-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const installed = join(folder, 'node_modules/liveswap');
  await mkdir(installed, { recursive: true });
  const tarball = await packLibrary(folder);
  await succeed(installed, 'tar', '-xzf', tarball, '--strip-components=1');
  await writeProject(folder, files);
  return projectAt(folder);
}

/** The package as `npm publish` would send it. */
async function packLibrary(to: string): Promise<string> {
  const output = await succeed(
    repository,
    'npm',
    'pack',
    '--ignore-scripts',
    '--json',
    '--pack-destination',
    to,
  );
  const [{ filename }] = JSON.parse(output) as [{ filename: string }];
  return join(to, filename);
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
    new Promise((resolve) => {
      execFile(file, args, { cwd: folder, env: quietEnv(env) }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        resolve({ code, output: stdout + stderr });
      });
    });
  return { folder, run, node: (...args) => run(process.execPath, ...args) };
}

async function succeed(folder: string, file: string, ...args: string[]): Promise<string> {
  const { code, output } = await projectAt(folder).run(file, ...args);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${output}`);
  return output;
}
