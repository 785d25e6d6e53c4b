import { ts } from 'ts-morph';

/** The declarations that TypeScript itself emits for a module. */
export class EmittedModule {
  /** Path of the source. */
  readonly path: string;
  /** The parsed declarations, with names bound. */
  readonly file: ts.SourceFile;
  readonly #checker: ts.TypeChecker;
  readonly #unsaid: ReadonlySet<string>;

  /** @param unsaid are top-level names whose types TypeScript cannot write down. */
  constructor(path: string, text: string, unsaid: ReadonlySet<string>) {
    this.path = path;
    this.#unsaid = unsaid;
    const program = programOf(text);
    this.file = program.getSourceFile(EMITTED)!;
    this.#checker = program.getTypeChecker();
  }

  /** Returns the top-level declarations of a name, in order; `undefined` if one of them cannot be written down. */
  declarationsOf(name: string): readonly ts.Declaration[] | undefined {
    if (this.#unsaid.has(name)) return undefined;
    const declared = this.file.statements.flatMap(declarationsIn);
    const found = declared.filter((one) => ts.getNameOfDeclaration(one)?.getText(this.file) === name);
    return found.length > 0 ? found : undefined;
  }

  /** Returns the top-level import of a name. */
  importOf(name: string): ts.Declaration | undefined {
    return this.file.statements
      .flatMap(importsIn)
      .find((one) => ts.getNameOfDeclaration(one)?.getText(this.file) === name);
  }

  /** Returns the declaration in this file that an identifier refers to; `undefined` for a global. */
  referenceOf(identifier: ts.Identifier): ts.Declaration | undefined {
    return this.#checker.getSymbolAtLocation(identifier)?.declarations?.[0];
  }
}

/** Emits the declarations of a source file; `undefined` if TypeScript fails. */
export function emitModule(program: ts.Program, source: ts.SourceFile): EmittedModule | undefined {
  if (source.isDeclarationFile) return new EmittedModule(source.fileName, source.text, new Set());
  let text: string | undefined;
  const write: ts.WriteFileCallback = (_name, written) => (text = written);
  // The last parameter, which the types omit, emits declarations despite `noEmit`, as editors do.
  const emit = program.emit.bind(program) as (...args: [...EmitParameters, true]) => ts.EmitResult;
  const { diagnostics } = emit(source, write, undefined, true, undefined, true);
  if (text === undefined) return undefined;
  return new EmittedModule(
    source.fileName,
    text,
    new Set(diagnostics.flatMap((one) => namesAt(one, source))),
  );
}

type EmitParameters = [ts.SourceFile, ts.WriteFileCallback, undefined, true, undefined];

const EMITTED = '/emitted.d.ts';

/** Creates a program of the text alone: it binds names and resolves nothing outside. */
function programOf(text: string): ts.Program {
  const file = ts.createSourceFile(EMITTED, text, ts.ScriptTarget.Latest, true);
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === EMITTED ? file : undefined),
    fileExists: (name) => name === EMITTED,
    readFile: () => undefined,
    writeFile: () => {},
    getDefaultLibFileName: () => '/lib.d.ts',
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
  };
  const options: ts.CompilerOptions = {
    noLib: true,
    noResolve: true,
    types: [],
    target: ts.ScriptTarget.Latest,
  };
  return ts.createProgram([EMITTED], options, host);
}

function declarationsIn(statement: ts.Statement): ts.Declaration[] {
  if (ts.isVariableStatement(statement)) return [...statement.declarationList.declarations];
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement);
  return isNamed ? [statement] : [];
}

function importsIn(statement: ts.Statement): ts.Declaration[] {
  if (!ts.isImportDeclaration(statement) || !statement.importClause) return [];
  const { importClause } = statement;
  const { namedBindings } = importClause;
  const named =
    namedBindings && (ts.isNamespaceImport(namedBindings) ? [namedBindings] : namedBindings.elements);
  return [...(importClause.name ? [importClause] : []), ...(named ?? [])];
}

/** Returns the names that the statement of a diagnostic declares. */
function namesAt({ start = 0 }: ts.Diagnostic, source: ts.SourceFile): string[] {
  const statement = source.statements.find((one) => start >= one.pos && start < one.end);
  return statement
    ? declarationsIn(statement).flatMap((one) => ts.getNameOfDeclaration(one)?.getText(source) ?? [])
    : [];
}
