import { dirname, basename, resolve } from 'node:path';
import { Project, ts, type SourceFile } from 'ts-morph';
import { HOST_CONTRACT_FORMAT, type HostContract } from '../contract/host-contract.js';
import { checkOptions, isText, type Checks } from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import { isFile } from '../core/is-file.js';
import { liveUses } from './collect/live-uses.js';
import { buildChecks, buildDefaults } from './options.js';
import { hostTypes, pluginTypes } from './plugin-module.js';
import { readConfig } from './read-config.js';
import { sourceClosure } from './source-closure.js';
import { tsconfigFor } from './tsconfig-for.js';

/** Options for reading a host. */
export interface HostContractOptions {
  /** The module that starts the host; everything it imports, except packages, is read as well. */
  readonly entry: string;
  /** Beginning of the names of live symbols. Default `live_`. */
  readonly livePrefix?: string;
}

const checks: Checks<HostContractOptions> = {
  entry: ['the path of a module', isText],
  livePrefix: buildChecks.livePrefix,
};

/**
 * Reads which live functions and live types a host uses by name: in `call`, `live` and `LiveData.of`, in TypeScript and
 * JavaScript.
 * @throws LiveswapError `OPTION_INVALID` naming the option, when there is no such file, or its tsconfig.json cannot be used
 */
export function hostContract(options: HostContractOptions): HostContract {
  checkOptions(options, checks, ['entry']);
  const { entry, livePrefix = buildDefaults.livePrefix } = options;
  const file = resolve(entry);
  if (!isFile(file, 'entry')) {
    throw new LiveswapError('OPTION_INVALID', `Cannot read the host ${entry}: there is no such file.`, {
      file,
    });
  }
  const project = openProject(file);
  const root = project.addSourceFileAtPath(file);
  project.resolveSourceFileDependencies();
  const files = hostFiles(root, project);
  const { uses = [], unknownUses = [] } = liveUses(files, livePrefix, project, { relativeTo: dirname(file) });
  return {
    format: HOST_CONTRACT_FORMAT,
    name: basename(file),
    uses: uses.map(({ name, file: path, line }) => ({ name, file: path, line })),
    unknown: unknownUses,
  };
}

const defaultOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
};

function openProject(file: string): Project {
  const nearest = ts.findConfigFile(dirname(file), (path) => ts.sys.fileExists(path));
  const tsconfig = tsconfigFor({ files: [file] }, nearest);
  const options = tsconfig === undefined ? defaultOptions : readConfig(tsconfig).options;
  return new Project({
    compilerOptions: {
      ...options,
      allowJs: true,
      checkJs: false,
      noEmit: true,
      // The modules to which the host's own paths lead are part of it.
      paths: { ...options.paths, liveswap: [hostTypes], 'liveswap/plugin': [pluginTypes] },
    },
  });
}

/** Returns the entry and its imports, ordered by path. */
function hostFiles(root: SourceFile, project: Project): SourceFile[] {
  return [...sourceClosure([root])]
    .sort()
    .flatMap((path) => project.getSourceFile(path) ?? [])
    .filter((file) => !file.isDeclarationFile() && !path(file).includes('/node_modules/'));
}

function path(file: SourceFile): string {
  return file.getFilePath();
}
