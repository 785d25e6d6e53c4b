import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Project, ts, type SourceFile } from 'ts-morph';
import { LiveswapError } from '../core/errors.js';
import { ASSET_TYPES_FILE, assetTypes } from './assets.js';
import type { ResolvedOptions } from './options.js';
import type { PluginFolder } from './plugin-folders.js';
import { pluginTypes } from './plugin-module.js';
import { TypeCheck } from './type-check.js';

/** The sources that share one tsconfig.json, kept parsed between builds. */
export class Program {
  readonly project: Project;
  readonly types: TypeCheck;

  /** @param tsconfig path of the tsconfig.json, or `undefined` for the defaults of liveswap. */
  constructor(tsconfig: string | undefined, folder: string) {
    const { options, declarations } = tsconfig
      ? readConfig(tsconfig)
      : { options: defaultOptions(folder), declarations: [] };
    this.project = new Project({ compilerOptions: ourOptions(options) });
    this.types = new TypeCheck(this.project);
    for (const file of declarations) this.project.addSourceFileAtPathIfExists(file);
  }

  /** Parses the files of a plugin that are new, forgets those that are gone; declarations are in the program, but not returned. */
  sync(plugin: PluginFolder, options: Pick<ResolvedOptions, 'include' | 'exclude'>): SourceFile[] {
    const wanted = new Set(plugin.files);
    for (const file of this.#filesBelow(plugin.folder)) {
      if (!wanted.has(file.getFilePath())) this.project.removeSourceFile(file);
    }
    const types = assetTypes(plugin, options);
    const typesPath = join(plugin.folder, ASSET_TYPES_FILE);
    if (types) this.project.createSourceFile(typesPath, types, { overwrite: true });
    return plugin.files
      .map((file) => this.project.getSourceFile(file) ?? this.project.addSourceFileAtPath(file))
      .filter((file) => !file.isDeclarationFile());
  }

  #filesBelow(folder: string): SourceFile[] {
    return this.project.getSourceFiles().filter((file) => file.getFilePath().startsWith(`${folder}/`));
  }
}

/** The tsconfig.json that counts for a folder: the nearest, going up. */
export function tsconfigOf(folder: string): string | undefined {
  return ts.findConfigFile(folder, (path) => ts.sys.fileExists(path));
}

function readConfig(path: string): { options: ts.CompilerOptions; declarations: string[] } {
  const problems: ts.Diagnostic[] = [];
  const parsed = ts.getParsedCommandLineOfConfigFile(path, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => problems.push(diagnostic),
  });
  // "No inputs were found": the plugin's own files are the input here.
  problems.push(...(parsed?.errors ?? []).filter(({ code }) => code !== 18003));
  const [problem] = problems;
  if (!parsed || problem) {
    const text = problem ? ts.flattenDiagnosticMessageText(problem.messageText, '\n') : 'it cannot be read';
    throw new LiveswapError('OPTION_INVALID', `Cannot use ${path}: ${text}`, { file: path });
  }
  return {
    options: parsed.options,
    declarations: parsed.fileNames.filter((file) => /\.d\.[cm]?ts$/.test(file)),
  };
}

function defaultOptions(folder: string): ts.CompilerOptions {
  return {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    esModuleInterop: true,
    resolveJsonModule: true,
    ...nodeTypes(folder),
  };
}

/** `@types/node`, when it is installed where the plugin, the process or liveswap itself can see it. */
function nodeTypes(folder: string): ts.CompilerOptions {
  for (const from of [join(folder, 'index.ts'), join(process.cwd(), 'index.ts'), import.meta.url]) {
    try {
      const manifest = createRequire(from).resolve('@types/node/package.json');
      return { types: ['node'], typeRoots: [dirname(dirname(manifest))] };
    } catch {
      continue;
    }
  }
  return { types: [] };
}

function ourOptions(options: ts.CompilerOptions): ts.CompilerOptions {
  return {
    // TypeScript before 6 took all it could find when nothing is said.
    types: ['*'],
    ...options,
    noEmit: true,
    composite: false,
    incremental: false,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: { ...options.paths, 'liveswap/plugin': [pluginTypes] },
  };
}
