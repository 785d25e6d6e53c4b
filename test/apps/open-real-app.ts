import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished } from 'vitest';
import { serveApp } from '../../lib/app/index.js';
import type { Details } from '../../lib/swap/details.js';
import { freePort } from '../helpers/free-port.js';
import { textOf } from '../helpers/text-of.js';
import { quietLogger } from '../helpers/quiet-logger.js';

const packages = join(import.meta.dirname, 'packages');

/** Requests that go on until they are ended. */
interface Load {
  /** The oldest edition that may answer. */
  oldest: number;
  end(): Promise<{ readonly failures: readonly unknown[]; readonly answers: number }>;
}

/** A copy of an application of test/fixtures/apps, beside its packages. */
export interface RealApp {
  /** Runs the application by Node alone, on a port of its own. */
  withNode<Result>(use: (port: number) => Promise<Result>): Promise<Result>;
  serve(): Promise<{
    readonly port: number;
    reload(): Promise<Details>;
    rollback(): Promise<Details>;
  }>;
  /** Replaces a part of a file's first text. */
  edit(file: string, part: RegExp, by: string): Promise<void>;
  editionAt(port: number): Promise<number>;
  load(port: number): Load;
}

export async function openRealApp(name: string, entry: string): Promise<RealApp> {
  await mkdir(join(packages, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(packages, 'dist', `${name}-`));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const original = join(import.meta.dirname, '../fixtures/apps', name);
  await cp(original, folder, { recursive: true });
  return {
    withNode: (use) => withNode(folder, entry, use),
    serve: () => serve(join(folder, entry)),
    edit: async (file, part, by) => {
      const text = await readFile(join(original, file), 'utf8');
      await writeFile(join(folder, file), text.replace(part, by));
    },
    editionAt,
    load,
  };
}

async function withNode<Result>(
  folder: string,
  entry: string,
  use: (port: number) => Promise<Result>,
): Promise<Result> {
  const port = await freePort();
  const file = entry.endsWith('.ts') ? await compiled(folder, entry) : entry;
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    await expect.poll(() => canConnect(port)).toBe(true);
    return await use(port);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

/** Compiles the application as `tsc` does: Node alone runs no TypeScript with decorators. */
async function compiled(folder: string, entry: string): Promise<string> {
  const { ts } = await import('ts-morph');
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const outfile = join(folder, 'compiled.cjs');
  await build({
    entryPoints: [join(folder, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    packages: 'external',
    alias: { '@cats': join(folder, 'src/cats') },
    plugins: [
      {
        name: 'tsc',
        setup: (esbuild) => {
          esbuild.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
            contents: ts.transpileModule(await readFile(path, 'utf8'), {
              compilerOptions: {
                ...options,
                experimentalDecorators: true,
                emitDecoratorMetadata: true,
                esModuleInterop: false,
              },
            }).outputText,
            loader: 'js',
          }));
        },
      },
    ],
  });
  return outfile;
}

async function serve(entry: string): ReturnType<RealApp['serve']> {
  const app = await serveApp(entry, { lingerMs: 0, swapper: { logger: quietLogger(), standby: false } });
  onTestFinished(() => app.swapper.destroy());
  return {
    port: Number(new URL(app.urls[0] ?? '').port),
    reload: () => app.reload(),
    rollback: () => app.swapper.rollback(),
  };
}

async function editionAt(port: number, agent?: Agent): Promise<number> {
  const text = await textOf(`http://127.0.0.1:${port}/edition`, agent);
  return (JSON.parse(text) as { edition: number }).edition;
}

function load(port: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  onTestFinished(() => agent.destroy());
  const failures: unknown[] = [];
  let isOver = false;
  let answers = 0;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const { oldest } = running;
      try {
        const edition = await editionAt(port, agent);
        answers++;
        if (edition < oldest) failures.push({ edition, oldest });
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const running: Load = {
    oldest: 1,
    end: async () => {
      isOver = true;
      await Promise.all(clients);
      return { failures, answers };
    },
  };
  const clients = Array.from({ length: 4 }, client);
  return running;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
