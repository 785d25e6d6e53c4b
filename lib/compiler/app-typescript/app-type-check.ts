import { basename, dirname, join, resolve } from 'node:path';
import type { Project, ts } from 'ts-morph';
import { ASSET_TYPES_FILE } from '../assets.js';
import { PROGRAM_TYPES_FILE } from '../program-types.js';
import { posixPath } from '../../core/paths.js';
import type { CheckedSources, Finding } from '../rule.js';
import { isAboutTypes, typeFinding } from '../type-finding.js';
import type { AppCompiler, AppProgram } from './app-compiler.js';

/** Dependencies of {@link AppTypeCheck}. */
export interface AppTypeCheckDeps {
  readonly compiler: AppCompiler;
  readonly project: Project;
  /** Path of the app's tsconfig.json. */
  readonly tsconfig: string;
  /** Files that the app's tsconfig.json includes. */
  readonly fileNames: readonly string[];
  /** Texts of files that are not saved, by path. */
  readonly unsaved: ReadonlyMap<string, string>;
}

/** The type checker of one project in an app with a TypeScript of its own; the app's tsconfig.json defines the program. */
export class AppTypeCheck {
  readonly #deps: AppTypeCheckDeps;
  readonly #changed = new Set<string>();
  #program: AppProgram | undefined;

  constructor(deps: AppTypeCheckDeps) {
    this.#deps = deps;
  }

  /** Returns the type errors of a plugin, including syntax errors. @throws when the compiler cannot be used */
  findings(plugin: CheckedSources): Finding[] {
    const { compiler } = this.#deps;
    this.#update();
    return plugin.files.flatMap((file) => {
      const path = file.getFilePath();
      const syntax = compiler.syntax(path);
      // The checker's errors in a file with syntax errors are mostly about the parser's guesses.
      const found = syntax.length > 0 ? syntax : compiler.semantics(path).filter(isAboutTypes);
      return found.map((one) => typeFinding(one, file, plugin.name));
    });
  }

  /** Notes files that were changed, added or deleted. */
  forget(paths: Iterable<string>): void {
    for (const path of paths) this.#changed.add(posixPath(path));
  }

  close(): void {
    this.#deps.compiler.close();
  }

  #update(): void {
    const program = this.#current();
    const isSame = this.#changed.size === 0 && this.#program && isSameProgram(this.#program, program);
    if (isSame) return;
    this.#deps.compiler.update(program, new Set(this.#changed));
    this.#program = program;
    this.#changed.clear();
  }

  #current(): AppProgram {
    const { project, tsconfig, fileNames, unsaved } = this.#deps;
    const files = project.getSourceFiles();
    const made = files.filter((file) => madeFiles.has(file.getBaseName()));
    const roots = new Set([
      ...fileNames.map((name) => posixPath(name)),
      ...files.map((file) => file.getFilePath()),
    ]);
    const config = configOf(project.getCompilerOptions(), tsconfig, [...roots].sort());
    return {
      configPath: posixPath(join(dirname(tsconfig), CONFIG_FILE)),
      config: JSON.stringify(config),
      made: new Map([
        ...Array.from(unsaved, ([path, text]): [string, string] => [posixPath(path), text]),
        ...made.map((file): [string, string] => [file.getFilePath(), file.getFullText()]),
      ]),
      parsed(path) {
        const file = project.getSourceFile(path);
        return file && !file.isInNodeModules() ? file.getFullText() : undefined;
      },
    };
  }
}

/** Name of the file with the options, beside the tsconfig.json. It exists only in memory. */
const CONFIG_FILE = '.liveswap-tsconfig.json';

const madeFiles: ReadonlySet<string> = new Set([ASSET_TYPES_FILE, basename(PROGRAM_TYPES_FILE)]);

/** Returns the app's own options with the few that a plugin needs. */
function configOf(options: ts.CompilerOptions, tsconfig: string, files: readonly string[]): object {
  const { customConditions, paths = {}, pathsBasePath, baseUrl, types, typeRoots } = options;
  const from = (baseUrl ?? pathsBasePath ?? dirname(tsconfig)) as string;
  return {
    extends: posixPath(tsconfig),
    files,
    include: [],
    compilerOptions: {
      ...(customConditions && { customConditions }),
      ...(types && { types }),
      ...(typeRoots && { typeRoots }),
      paths: Object.fromEntries(
        Object.entries(paths).map(([name, places]) => [
          name,
          places.map((place) => posixPath(resolve(from, place))),
        ]),
      ),
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      ...writesNothing,
    },
  };
}

/** Options about written files, which do not apply here. */
const writesNothing = {
  composite: false,
  incremental: false,
  declarationDir: null,
  outDir: null,
  outFile: null,
  rootDir: null,
  tsBuildInfoFile: null,
};

function isSameProgram(left: AppProgram, right: AppProgram): boolean {
  return (
    left.config === right.config &&
    left.made.size === right.made.size &&
    [...left.made].every(([path, text]) => right.made.get(path) === text)
  );
}
