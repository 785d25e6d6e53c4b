import { dirname, join } from 'node:path';
import { ts, type Project } from 'ts-morph';
import { codeImports, type CodeImport } from './code-imports.js';
import { hasCode, isErased } from './emitted-code.js';
import { importsFromPlugin, partOfSpecifier } from '../analysis/liveswap-package.js';

const source = /(?<!\.d)\.[cm]?[jt]sx?$/;
const testFile = /\.(?:test|spec|bench)\.[cm]?[jt]sx?$/;

/** Reads files outside a plugin: with types if the compiler knows them, otherwise by syntax alone. */
export class SourceReader {
  readonly #project: Project;
  readonly #program: ts.Program;
  /** Files that the compiler does not know; each is parsed and compiled once. */
  readonly #files = new Map<string, ts.SourceFile | undefined>();
  readonly #realPaths = new Map<string, string>();
  readonly #pluginFolders = new Map<string, boolean>();
  readonly #hostEntries = new Map<string, readonly string[]>();

  constructor(project: Project) {
    this.#project = project;
    this.#program = project.getProgram().compilerObject;
  }

  /** Returns the path without symbolic links; the same path if nothing is there. */
  realPath(path: string): string {
    const known = this.#realPaths.get(path);
    if (known !== undefined) return known;
    let real = path;
    try {
      real = this.#project.getFileSystem().realpathSync(path);
    } catch {
      const parent = dirname(path);
      if (parent !== path) real = join(this.realPath(parent), path.slice(parent.length));
    }
    this.#realPaths.set(path, real);
    return real;
  }

  /** Returns whether the compiler knows a file, so that its checker can answer questions about it. */
  isInProgram(file: ts.SourceFile): boolean {
    return this.#program.getSourceFile(file.fileName) === file;
  }

  /** Returns the imports in a file that bring in code. */
  codeImportsOf(path: string): CodeImport[] {
    return this.#importsOf(path).filter((found) => !this.isErased(found));
  }

  /** Returns all imports in a file, including those that the compiler drops. */
  #importsOf(path: string): CodeImport[] {
    const file = this.#read(path);
    if (!file || file.isDeclarationFile) return [];
    const checker = this.isInProgram(file) ? this.#program.getTypeChecker() : undefined;
    return codeImports(file, checker);
  }

  /** Returns whether the compiler drops an import because it is used only for types. */
  isErased(found: CodeImport): boolean {
    return isErased(found, this.#program.getCompilerOptions());
  }

  /** Returns whether a file holds nothing but types. */
  holdsOnlyTypes(path: string): boolean {
    const file = /\.[cm]?tsx?$/.test(path) ? this.#read(path) : undefined;
    return !!file && !file.isDeclarationFile && !hasCode(file, this.#program.getCompilerOptions());
  }

  /** Returns the code file of a module, if there is one: for a declaration file, the code beside it. */
  codeOf(path: string): string | undefined {
    const files = this.#project.getFileSystem();
    if (source.test(path))
      return this.#program.getSourceFile(path) || files.fileExistsSync(path) ? path : undefined;
    const declared = /\.d\.([cm]?)ts$/.exec(path);
    const code = declared ? `${path.slice(0, declared.index)}.${declared[1] ?? ''}js` : undefined;
    return code !== undefined && files.fileExistsSync(code) ? code : undefined;
  }

  /** Returns whether there is an `index.ts` in the folder that defines a plugin. */
  isPluginFolder(folder: string): boolean {
    const known = this.#pluginFolders.get(folder);
    if (known !== undefined) return known;
    const index = this.#read(join(folder, 'index.ts'));
    const defines = !!index && importsFromPlugin(index, 'definePlugin');
    this.#pluginFolders.set(folder, defines);
    return defines;
  }

  /**
   * Returns the host that a file belongs to: a file in the same folder, or the file itself, that imports both the host's side of
   * liveswap and this file.
   */
  hostEntryOf(path: string): string | undefined {
    const folder = dirname(path);
    const entries =
      this.#hostEntries.get(folder) ?? this.#filesIn(folder).filter((file) => this.#runsHost(file));
    this.#hostEntries.set(folder, entries);
    return entries.find((entry) => this.#reachedFrom(entry).has(path));
  }

  /** Returns a file with its direct and indirect imports from the same folder. */
  #reachedFrom(entry: string): ReadonlySet<string> {
    const reached = new Set([entry]);
    for (const file of reached) {
      for (const { specifiers } of this.codeImportsOf(file)) {
        for (const specifier of specifiers) {
          const imported = specifier.startsWith('.')
            ? this.#fileAt(join(dirname(file), specifier))
            : undefined;
          if (imported !== undefined) reached.add(imported);
        }
      }
    }
    return reached;
  }

  /** Returns the file of a relative import, as it is written or as TypeScript resolves it. */
  #fileAt(path: string): string | undefined {
    const stem = path.replace(/\.[cm]?js$/, '');
    const extension = path.slice(stem.length).replace('js', 'ts') || '.ts';
    return [stem + extension, path, `${path}.js`, join(path, 'index.ts')].find(
      (file) => this.#read(file) !== undefined,
    );
  }

  #runsHost(path: string): boolean {
    return this.#importsOf(path).some(
      (found) =>
        found.specifiers.some((specifier) => partOfSpecifier(specifier) === 'host') && !this.isErased(found),
    );
  }

  #filesIn(folder: string): string[] {
    const files = this.#project.getFileSystem();
    const onDisk = files.directoryExistsSync(folder) ? files.readDirSync(folder) : [];
    const inProject = this.#project.getDirectory(folder)?.getSourceFiles() ?? [];
    const paths = [
      ...onDisk.filter(({ isFile }) => isFile).map(({ name }) => name),
      ...inProject.map((file) => file.getFilePath()),
    ];
    return [...new Set<string>(paths)].filter((path) => source.test(path) && !testFile.test(path));
  }

  #read(path: string): ts.SourceFile | undefined {
    const file = this.#program.getSourceFile(path) ?? this.#files.get(path);
    if (file || this.#files.has(path)) return file;
    const files = this.#project.getFileSystem();
    const isThere = source.test(path) && files.fileExistsSync(path);
    const read = isThere
      ? ts.createSourceFile(path, files.readFileSync(path), ts.ScriptTarget.Latest, true)
      : undefined;
    this.#files.set(path, read);
    return read;
  }
}
