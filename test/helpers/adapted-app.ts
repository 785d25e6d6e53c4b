import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serveApp, type ServeAppOptions, type ServedApp } from '../../lib/app/index.js';
import { tempFolder } from './temp-folder.js';
import { writeFiles, type Files } from './write-plugins.js';

/** A line that the logger was given. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

/** A server's folder, and what its code told: its versions and their threads all reach one list. */
export interface AdaptedApp {
  readonly folder: string;
  readonly told: unknown[];
  readonly lines: LogLine[];
  readonly write: (files: Files) => Promise<void>;
  readonly serve: (entry: string, options?: ServeAppOptions) => Promise<ServedApp>;
}

/** Modules by which the app's own code reports: `import { tell } from './tell.mjs'`, or `require('./tell.cjs')`. */
const tellers = {
  'tell.mjs': `import { context } from 'liveswap/plugin';
export const tell = (...facts) => void context.vault.extension.tell(...facts);`,
  'tell.cjs': `const { context } = require('liveswap/plugin');
exports.tell = (...facts) => void context.vault.extension.tell(...facts);`,
};

export async function adaptedApp(files: Files): Promise<AdaptedApp> {
  const folder = await tempFolder();
  const told: unknown[] = [];
  const lines: LogLine[] = [];
  const write = (level: LogLine['level']) => (_facts: object, message?: string) =>
    void lines.push({ level, message: message ?? '' });
  const logger = { debug: () => {}, info: write('info'), warn: write('warn'), error: write('error') };
  await writeFiles(folder, { 'package.json': '{ "name": "gate" }', ...tellers, ...files });
  return {
    folder,
    told,
    lines,
    write: (more) => writeFiles(folder, more),
    serve: async (entry, options) => {
      const app = await serveApp(join(folder, entry), {
        lingerMs: 0,
        copyDir: join(folder, '.copies'),
        ...options,
        swapper: {
          logger,
          standby: false,
          extension: () => ({
            tell: (...facts: unknown[]) => void told.push(facts.length > 1 ? facts : facts[0]),
          }),
          ...options?.swapper,
        },
      });
      onTestFinished(() => app.swapper.destroy());
      return app;
    },
  };
}

/** Changes a file so that the next reload makes another version. */
export async function touch(folder: string, file: string, text: string, edition: number): Promise<void> {
  await writeFile(join(folder, file), `${text}\n// edition ${edition}\n`);
}
