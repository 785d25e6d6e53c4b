import { dirname, join } from 'node:path';
import { ts, type Project, type SourceFile } from 'ts-morph';
import type { AppFiles } from '../app-files.js';
import { nativePath } from '../../posix-path.js';
import { Program } from '../../program.js';
import type { PluginSources } from '../../rule.js';

/** Files such as `bin/www`, which the compiler does not recognise as JavaScript. */
const NO_EXTENSION = /(?:^|[\\/])[^.\\/]+$/;
const SAID = '.liveswap.js';

/** The app's own files in the form in which rules read sources: their findings are advice. */
export function appSources(name: string, { root, entry, table }: AppFiles): PluginSources {
  const program = new Program(undefined, root);
  // Many servers are written in JavaScript.
  program.project.compilerOptions.set({ allowJs: true, checkJs: false, experimentalDecorators: true });
  const files = table
    .filter(({ format }) => format === 'module' || format === 'commonjs')
    .map(({ path }) => addTo(program.project, join(root, path)))
    .filter((file) => file !== undefined);
  return {
    name,
    folder: dirname(join(root, entry)),
    files,
    root: files.find((file) => appPath(file.getFilePath()) === join(root, entry)),
    project: program.project,
    otherPlugins: new Map(),
    livePrefix: 'live_',
  };
}

/** The path of an app's file, by that of a source. */
export function appPath(source: string): string {
  const path = nativePath(source);
  return path.endsWith(SAID) ? path.slice(0, -SAID.length) : path;
}

function addTo(project: Project, path: string): SourceFile | undefined {
  if (!NO_EXTENSION.test(path)) return project.addSourceFileAtPathIfExists(path);
  const text = ts.sys.readFile(path);
  return text === undefined ? undefined : project.createSourceFile(path + SAID, text);
}
