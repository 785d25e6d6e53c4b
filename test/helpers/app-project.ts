import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serveApp, type ServeAppOptions, type ServedApp } from '../../lib/app/index.js';
import { tempFolder } from './temp-folder.js';
import { writeFiles, type Files } from './write-plugins.js';
import { quietLogger } from './quiet-logger.js';

/** A server's own folder, and a way to serve it. */
export interface AppProject {
  readonly folder: string;
  readonly write: (files: Files) => Promise<void>;
  readonly serve: (entry: string, options?: ServeAppOptions) => Promise<ServedApp>;
}

/** Writes a server's files below a folder of its own, as the package `gate`. */
export async function appProject(files: Files): Promise<AppProject> {
  const folder = await tempFolder();
  await writeFiles(folder, { 'package.json': '{ "name": "gate" }', ...files });
  return {
    folder,
    write: (more) => writeFiles(folder, more),
    serve: async (entry, options) => {
      const app = await serveApp(join(folder, entry), {
        lingerMs: 0,
        ...options,
        swapper: { logger: quietLogger(), standby: false, ...options?.swapper },
      });
      onTestFinished(() => app.swapper.destroy());
      return app;
    },
  };
}
