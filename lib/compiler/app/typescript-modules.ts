import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { ts } from 'ts-morph';
import { nativePath } from '../../core/paths.js';
import { syntaxFailure } from '../diagnostics/syntax-failure.js';
import { configFilesOf } from '../read-config.js';
import { includedBy, tsconfigFor } from '../tsconfig-for.js';
import type { ModuleFormat } from './module-format.js';

/** Settings of a project that decide how its modules are compiled. */
export interface Project {
  readonly options: ts.CompilerOptions;
  /** Path of the tsconfig.json that applies, if the nearest one only refers to it: esbuild does not find that. */
  readonly referenced: string | undefined;
  /** Paths of each tsconfig.json that was read: the nearest one, the one that applies, and what that extends. */
  readonly configs: readonly string[];
  /** All settings as one text. */
  readonly settings: string;
  readonly writesMetadata: boolean;
  /** False when `import * as express from 'express'` gives the function itself. */
  readonly interoperates: boolean;
}

const plain: Project = {
  options: {},
  referenced: undefined,
  configs: [],
  settings: '',
  writesMetadata: false,
  interoperates: true,
};

/** The projects of modules: each tsconfig.json is read once for each build. */
export class Projects {
  readonly #projects = new Map<string, Project>();
  readonly #ofFolders = new Map<string, Project>();
  readonly #included = new Map<string, ReadonlySet<string>>();

  /** Returns the project of a module; the modules of one folder have one. */
  of(path: string): Project {
    const folder = dirname(path);
    const known = this.#ofFolders.get(folder) ?? this.#find(path, folder);
    this.#ofFolders.set(folder, known);
    return known;
  }

  /** Paths of every tsconfig.json that decides how modules are compiled. */
  get configs(): readonly string[] {
    return [...new Set(Array.from(this.#ofFolders.values(), ({ configs }) => configs).flat())];
  }

  #find(path: string, folder: string): Project {
    const nearest = ts.findConfigFile(folder, (file) => ts.sys.fileExists(file));
    const config = tsconfigFor({ files: [path] }, nearest, (one) => this.#includedBy(one));
    if (config === undefined) return plain;
    const known = this.#projects.get(config) ?? readProject(config, nearest);
    this.#projects.set(config, known);
    return known;
  }

  #includedBy(config: string): ReadonlySet<string> {
    const known = this.#included.get(config) ?? includedBy(config);
    this.#included.set(config, known);
    return known;
  }
}

/**
 * Returns a module as TypeScript compiles it, with its source map inside, if esbuild would compile it differently: a module with
 * decorator metadata, or CommonJS without `esModuleInterop`. `undefined` when esbuild gives the same result.
 *
 * @throws a failure like esbuild's, whose `errors` have locations, when the module cannot be parsed
 */
export function compiledByTypeScript(
  path: string,
  text: string,
  format: ModuleFormat,
  { options, writesMetadata, interoperates }: Project,
): string | undefined {
  const isCommonJs = format === 'commonjs';
  if (!(writesMetadata && /@\w/.test(text)) && (!isCommonJs || interoperates)) return undefined;
  const { outputText, diagnostics } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      ...options,
      module: isCommonJs ? ts.ModuleKind.CommonJS : ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: options.target ?? ts.ScriptTarget.ES2022,
      esModuleInterop: interoperates,
      sourceMap: false,
      inlineSourceMap: true,
      inlineSources: false,
      noEmit: false,
      emitDeclarationOnly: false,
      declaration: false,
      composite: false,
      incremental: false,
    },
  });
  // TypeScript compiles half a file as well, and adds what it guesses is missing.
  const failure = syntaxFailure(diagnostics);
  if (failure) throw failure;
  return outputText;
}

function readProject(config: string, nearest: string | undefined): Project {
  const extended = new Map<string, ts.ExtendedConfigCacheEntry>();
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    // Only the options matter here.
    readDirectory: () => [],
    onUnRecoverableConfigFileDiagnostic: () => {},
  };
  const options = ts.getParsedCommandLineOfConfigFile(config, undefined, host, extended)?.options ?? {};
  const interoperates =
    options.esModuleInterop ?? (isNodeModule(options.module) || typescriptMajor(config) >= 6);
  return {
    options,
    referenced: config === nearest ? undefined : config,
    configs: [...(nearest === undefined ? [] : [nearest]), ...configFilesOf(config, extended)].map(
      nativePath,
    ),
    settings: JSON.stringify([options, interoperates]),
    interoperates,
    writesMetadata: options.emitDecoratorMetadata === true && options.experimentalDecorators === true,
  };
}

function isNodeModule(module: ts.ModuleKind | undefined): boolean {
  return module !== undefined && module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
}

/**
 * Returns the major version of the project's own TypeScript, for whose defaults its settings are written; the newest if it has
 * none.
 */
function typescriptMajor(config: string): number {
  try {
    const { version } = createRequire(config)('typescript/package.json') as { version: string };
    return Number.parseInt(version, 10);
  } catch {
    return Infinity;
  }
}
