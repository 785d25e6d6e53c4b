import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { AppHost } from '../../lib/app/app-host.js';
import { buildApp, type AppBuildOptions } from '../../lib/compiler/app/build-app.js';
import { Swapper, type SwapperOptions } from '../../lib/index.js';
import { tempFolder } from './temp-folder.js';

/** A server's folder, written for a test, and what its code told. */
export interface AppFolder {
  readonly folder: string;
  readonly told: unknown[];
  write(files: Readonly<Record<string, string>>): Promise<void>;
  readonly link: (name: string, target: string) => Promise<void>;
  remove(path: string): Promise<void>;
  build(options: Omit<AppBuildOptions, 'outDir'>): Promise<void>;
  /** Opens a swapper of the built app `gate`; the app's code adds to `told` by `context.vault.extension.tell(…)`. */
  open(options?: SwapperOptions): Swapper;
}

/** Writes a server's files below a folder of its own. */
export async function appFolder(files: Readonly<Record<string, string>>): Promise<AppFolder> {
  const folder = await tempFolder();
  const outDir = join(folder, 'dist-app');
  const told: unknown[] = [];
  const app: AppFolder = {
    folder,
    told,
    async write(more) {
      for (const [path, text] of Object.entries(more)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
    link: async (name, target) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await symlink(join(folder, target), join(folder, name), 'junction');
    },
    remove: (path) => rm(join(folder, path), { recursive: true, force: true }),
    async build(options) {
      await buildApp({ ...options, entry: join(folder, options.entry), outDir });
    },
    open(options) {
      const swapper = new Swapper(outDir, {
        extension: () => ({ tell: (...values: unknown[]) => void told.push(...values) }),
        ...options,
      });
      const host = new AppHost({
        swapper,
        plugin: 'gate',
        startMs: 30_000,
        rootOf: () => folder,
        options: { lingerMs: 0, shutdownMs: 10_000 },
      });
      onTestFinished(async () => {
        host.close();
        await swapper.destroy();
      });
      return swapper;
    },
  };
  await app.write(files);
  return app;
}
