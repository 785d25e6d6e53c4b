import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appProject, type AppProject } from './app-project.js';
import type { Files } from './write-plugins.js';

/** A line that the logger was given. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

/** A server's folder, and what its code told: all threads of all versions add to one list. */
export interface AdaptedApp extends AppProject {
  readonly told: unknown[];
  /** The extension's method by which the app's code reports. */
  readonly tell: (...facts: unknown[]) => void;
  readonly lines: LogLine[];
}

/** Modules by which the app's own code reports: `import { tell } from './tell.mjs'`, or `require('./tell.cjs')`. */
const tellers = {
  'tell.mjs': `import { context } from 'liveswap/plugin';
export const tell = (...facts) => void context.vault.extension.tell(...facts);`,
  'tell.cjs': `const { context } = require('liveswap/plugin');
exports.tell = (...facts) => void context.vault.extension.tell(...facts);`,
};

export async function adaptedApp(files: Files): Promise<AdaptedApp> {
  const project = await appProject({ ...tellers, ...files });
  const told: unknown[] = [];
  const tell = (...facts: unknown[]): void => void told.push(facts.length > 1 ? facts : facts[0]);
  const lines: LogLine[] = [];
  const write = (level: LogLine['level']) => (_facts: object, message?: string) =>
    void lines.push({ level, message: message ?? '' });
  const logger = { debug: () => {}, info: write('info'), warn: write('warn'), error: write('error') };
  return {
    ...project,
    told,
    tell,
    lines,
    serve: (entry, options) =>
      project.serve(entry, {
        copyDir: join(project.folder, '.copies'),
        ...options,
        swapper: { logger, extension: () => ({ tell }), ...options?.swapper },
      }),
  };
}

/** Changes a file so that the next reload makes another version. */
export async function touch(folder: string, file: string, text: string, edition: number): Promise<void> {
  await writeFile(join(folder, file), `${text}\n// edition ${edition}\n`);
}
