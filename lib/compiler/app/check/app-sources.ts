import { dirname, join } from 'node:path';
import { ts, type Project, type SourceFile } from 'ts-morph';
import type { BuildAdapters } from '../../adapters/build-adapters.js';
import type { AppFiles } from '../collected-files.js';
import { nativePath } from '../../../core/paths.js';
import { Program } from '../../program.js';
import type { PluginSources } from '../../rule.js';

/** Files such as `bin/www`, which the compiler does not recognise as JavaScript. */
const NO_EXTENSION = /(?:^|[\\/])[^.\\/]+$/;
const SAID = '.liveswap.js';

/** The app's own files as sources for rules, whose findings are advice. They stay parsed between checks. */
export class AppSources {
  #parsed: { readonly root: string; readonly project: Project } | undefined;

  /** Returns the files as they are now. */
  read(name: string, { root, entry, table }: AppFiles, adapters: BuildAdapters): PluginSources {
    const { project } = this.#parsed?.root === root ? this.#parsed : (this.#parsed = parsedBelow(root));
    const files = table
      .filter(({ format }) => format === 'module' || format === 'commonjs')
      .map(({ path }) => readInto(project, join(root, path)))
      .filter((file) => file !== undefined);
    const own = new Set(files);
    for (const file of project.getSourceFiles())
      if (!own.has(file) && !file.isInNodeModules()) project.removeSourceFile(file);
    return {
      name,
      folder: dirname(join(root, entry)),
      files,
      root: files.find((file) => appPath(file.getFilePath()) === join(root, entry)),
      project,
      otherPlugins: new Map(),
      livePrefix: 'live_',
      adapterOf: (module, export_, file) => adapters.forExport(module, export_, file),
    };
  }
}

/** Returns the path of an app's file, given that of a source. */
export function appPath(source: string): string {
  const path = nativePath(source);
  return path.endsWith(SAID) ? path.slice(0, -SAID.length) : path;
}

function parsedBelow(root: string): { readonly root: string; readonly project: Project } {
  const { project } = new Program(undefined, root);
  // Many servers are written in JavaScript.
  project.compilerOptions.set({ allowJs: true, checkJs: false, experimentalDecorators: true });
  return { root, project };
}

function readInto(project: Project, path: string): SourceFile | undefined {
  const text = ts.sys.readFile(path);
  if (text === undefined) return undefined;
  const place = NO_EXTENSION.test(path) ? path + SAID : path;
  const known = project.getSourceFile(place);
  return known?.getFullText() === text ? known : project.createSourceFile(place, text, { overwrite: true });
}
