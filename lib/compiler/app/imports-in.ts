import { dirname, extname, resolve } from 'node:path';
import { build, type Loader, type Message, type Metafile, type PluginBuild } from 'esbuild';
import { isBuildFailure } from '../diagnostics/esbuild-messages.js';
import type { ModuleFormats } from './module-format.js';

/** A module whose imports are looked for. */
export interface ModuleText {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  /** True for JavaScript that was compiled from it. */
  readonly isCompiled: boolean;
  /** True when its tsconfig.json keeps imports that are used only as types. */
  readonly isVerbatim: boolean;
}

/** Imports and requires of a module, as a bundler sees them. */
export interface ModuleImports {
  /** Code that imports and requires the same modules and does nothing else. */
  readonly stub: string;
  /** Module syntax that the parser found; `undefined` when the text shows none. */
  readonly syntax: 'cjs' | 'esm' | undefined;
}

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
};

/** Returns the esbuild loader of a module: that of JavaScript, unless the file name says otherwise. */
export function loaderOf(path: string): Loader {
  return loaders[extname(path)] ?? 'js';
}

/**
 * Reads the imports of a module. It may use syntax that no ES module may, such as sloppy CommonJS; patterns that match no file,
 * such as `require('./dialects/' + name)`, are left out.
 *
 * @param folder is the absolute path to which the locations of errors are relative.
 * @throws esbuild's failure, whose `errors` have locations, when the module cannot be parsed
 */
export async function importsIn(
  module: ModuleText,
  folder: string,
  formats: ModuleFormats,
): Promise<ModuleImports> {
  let format: 'cjs' | 'esm' = (await formats.of(module.path, undefined)) === 'module' ? 'esm' : 'cjs';
  for (let { text } = module; ;) {
    try {
      return await readImports({ ...module, text }, format, folder);
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      const rest = withoutPatterns(text, error.errors);
      // The file is an ES module in a package without a `type`.
      const isAwaiting =
        format === 'cjs' && error.errors.some((one) => one.text.startsWith('Top-level await'));
      if (isAwaiting) format = 'esm';
      else if (rest === text) throw error;
      text = rest;
    }
  }
}

async function readImports(
  { path, text, isCompiled, isVerbatim }: ModuleText,
  format: 'cjs' | 'esm',
  folder: string,
): Promise<ModuleImports> {
  const { metafile } = await build({
    stdin: {
      contents: text,
      sourcefile: path,
      resolveDir: dirname(path),
      loader: isCompiled ? 'js' : loaderOf(path),
    },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, verbatimModuleSyntax: isVerbatim } },
    absWorkingDir: folder,
    bundle: true,
    write: false,
    outdir: folder,
    metafile: true,
    platform: 'node',
    format,
    plugins: [{ name: 'liveswap-outside', setup: leaveOutside }],
    logLevel: 'silent',
  });
  const { inputs } = metafile;
  const names = Object.keys(inputs);
  const own = names.find((name) => resolve(folder, name) === path) ?? path;
  // The other imports are the files that the module's patterns match.
  const matched = names.filter((name) => name !== own).map((name) => resolve(folder, name));
  const input = inputs[own] as Metafile['inputs'][string];
  return { stub: stubOf(input, matched), syntax: input.format };
}

function leaveOutside(esbuild: PluginBuild): void {
  esbuild.onResolve({ filter: /.*/ }, ({ path, kind }) =>
    kind === 'entry-point' ? undefined : { path, external: true },
  );
}

function stubOf({ imports }: Metafile['inputs'][string], matched: readonly string[]): string {
  const named = imports
    .filter(({ path }) => !path.includes('*'))
    .map(({ path, kind }) => {
      const isRequired = kind === 'require-call' || kind === 'require-resolve';
      return `${isRequired ? 'require' : 'import'}(${JSON.stringify(path)});`;
    });
  return [...named, ...matched.map((path) => `import(${JSON.stringify(path)});`)].join('\n');
}

/** Returns the text without the patterns that match no file. */
function withoutPatterns(text: string, errors: readonly Message[]): string {
  const lines = text.split('\n').map((line) => Buffer.from(line));
  for (const { text: problem, location } of errors) {
    const line = location && lines[location.line - 1];
    if (!line || !/^Could not resolve (?:require|import)\(/.test(problem)) return text;
    line.fill(' ', location.column, location.column + location.length);
    line.write('0', location.column);
  }
  return lines.join('\n');
}
