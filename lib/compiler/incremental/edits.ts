import { ts } from 'ts-morph';
import { mayCallByName, PROGRAM_TYPES_FILE } from '../program-types.js';
import { posixPath } from '../../core/paths.js';
import { shapeOf } from './shape.js';

/** Changes of a program since the last comparison. Files are identified by name. */
export type Edit =
  | { readonly extent: 'nothing' }
  /** True when the meaning of everything may have changed. */
  | { readonly extent: 'everything' }
  | {
      readonly extent: 'files';
      /** Files whose text has changed. */
      readonly changed: ReadonlySet<string>;
      /** Files whose types may have changed for others that import them. */
      readonly reshaped: ReadonlySet<string>;
      /** The changed and the reshaped files. */
      readonly retyped: ReadonlySet<string>;
      /** The changed and the reshaped files, and every file that imports a changed one, directly or not. */
      readonly reached: ReadonlySet<string>;
    };

/** Compares a program with the previous one and follows imports to the files that an edit can affect. */
export class Edits {
  #files: ReadonlyMap<string, ts.SourceFile> = new Map();
  readonly #imports = new Map<ts.SourceFile, readonly string[]>();

  /** Returns the changes since the last call. */
  since(program: ts.Program): Edit {
    const before = this.#files;
    this.#files = new Map(program.getSourceFiles().map((file) => [file.fileName, file]));
    const edit = this.#compare(before, program.getTypeChecker());
    if (edit.extent === 'everything') this.#imports.clear();
    return edit;
  }

  #compare(before: ReadonlyMap<string, ts.SourceFile>, checker: ts.TypeChecker): Edit {
    const changes: (readonly [ts.SourceFile, ts.SourceFile])[] = [];
    // An import may now resolve to a file that was added.
    if (before.size !== this.#files.size) return { extent: 'everything' };
    for (const [name, file] of this.#files) {
      const earlier = before.get(name);
      if (!earlier) return { extent: 'everything' };
      if (earlier !== file) changes.push([earlier, file]);
    }
    if (changes.length === 0) return { extent: 'nothing' };
    for (const [earlier] of changes) this.#imports.delete(earlier);
    const importers = this.#importers(checker);
    const changed = new Set(changes.map(([, { fileName }]) => fileName));
    const others = changes.filter(([earlier, file]) => shapeOf(earlier) !== shapeOf(file));
    const imported = withImporters(changed, importers);
    const reshaped = withImporters(
      others.map(([, { fileName }]) => fileName),
      importers,
    );
    if (this.#isLive(reshaped, checker)) this.#addCallers(reshaped, importers);
    const reached = new Set([...imported, ...reshaped]);
    const touched = [...reached].flatMap((name) => this.#files.get(name) ?? []);
    const isGlobal = [...touched, ...changes.map(([earlier]) => earlier)].some(
      (file) => file.isDeclarationFile || isSeenEverywhere(file),
    );
    if (isGlobal) return { extent: 'everything' };
    return { extent: 'files', changed, reshaped, retyped: new Set([...changed, ...reshaped]), reached };
  }

  /** Returns whether any of these files has live symbols that are called by name. */
  #isLive(names: ReadonlySet<string>, checker: ts.TypeChecker): boolean {
    const live = this.#files.get(posixPath(PROGRAM_TYPES_FILE));
    return live !== undefined && this.#importsOf(live, checker).some((name) => names.has(name));
  }

  /** Adds the files that call by name, which is not visible in their imports, and the files that import those. */
  #addCallers(names: Set<string>, importers: ReadonlyMap<string, readonly string[]>): void {
    const callers = [...this.#files.values()].filter(
      (file) => !file.isDeclarationFile && mayCallByName(file),
    );
    const found = withImporters(
      callers.map(({ fileName }) => fileName),
      importers,
    );
    for (const name of found) names.add(name);
  }

  #importers(checker: ts.TypeChecker): Map<string, string[]> {
    const importers = new Map<string, string[]>();
    for (const file of this.#files.values()) {
      for (const name of file.isDeclarationFile ? [] : this.#importsOf(file, checker)) {
        const known = importers.get(name);
        if (known) known.push(file.fileName);
        else importers.set(name, [file.fileName]);
      }
    }
    return importers;
  }

  #importsOf(file: ts.SourceFile, checker: ts.TypeChecker): readonly string[] {
    const known = this.#imports.get(file);
    if (known) return known;
    const names = specifiersIn(file).flatMap((specifier) =>
      (checker.getSymbolAtLocation(specifier)?.declarations ?? []).map(
        (declaration) => declaration.getSourceFile().fileName,
      ),
    );
    this.#imports.set(file, names);
    return names;
  }
}

/** Returns every place in a file that names a module: in imports, exports, calls of `import()` and types. */
function specifiersIn(file: ts.SourceFile): ts.Expression[] {
  const found: ts.Expression[] = [];
  const add = (specifier: ts.Node | undefined): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) add(node.expression);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    else if (ts.isCallExpression(node)) add(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Returns whether files that do not import a file may see its declarations. */
export function isSeenEverywhere(file: ts.SourceFile): boolean {
  if (file.fileName.endsWith('.json')) return false;
  if (!ts.isExternalModule(file)) return true;
  return file.statements.some(
    (statement) =>
      ts.isModuleDeclaration(statement) &&
      (ts.isStringLiteral(statement.name) || (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0),
  );
}

function withImporters(
  names: Iterable<string>,
  importers: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const found = new Set(names);
  for (const name of found) for (const importer of importers.get(name) ?? []) found.add(importer);
  return found;
}
