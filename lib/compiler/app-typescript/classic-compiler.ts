import { dirname } from 'node:path';
import type { ts } from 'ts-morph';
import { hashOf } from '../../manifest/hash.js';
import type { TypeRemark } from '../type-finding.js';
import type { AppCompiler, AppProgram } from './app-compiler.js';
import type { ClassicTypeScript } from './find-typescript.js';

/** A compiler in JavaScript, of the app's version. */
export class ClassicCompiler implements AppCompiler {
  readonly #ts: ClassicTypeScript;
  readonly #files = new Map<string, ts.SourceFile>();
  #made: ReadonlyMap<string, string> = new Map();
  #parsed: AppProgram['parsed'] = () => undefined;
  #builder: ts.SemanticDiagnosticsBuilderProgram | undefined;

  constructor(typescript: ClassicTypeScript) {
    this.#ts = typescript;
  }

  update({ configPath, config, made, parsed }: AppProgram, changed: ReadonlySet<string>): void {
    const others = [...made].filter(([path, text]) => this.#made.get(path) !== text);
    for (const path of [...changed, ...others.map(([path]) => path)]) this.#files.delete(path);
    this.#made = made;
    this.#parsed = parsed;
    const host: ts.ParseConfigHost = { ...this.#ts.sys, readFile: (path) => this.#read(path) };
    const { options, fileNames } = this.#ts.parseJsonConfigFileContent(
      JSON.parse(config),
      host,
      dirname(configPath),
      undefined,
      configPath,
    );
    this.#builder = this.#ts.createSemanticDiagnosticsBuilderProgram(
      fileNames,
      options,
      this.#hostFor(options),
      this.#builder,
    );
    // Forgets results in files that a change may affect; they are checked again on demand.
    this.#builder.getSemanticDiagnosticsOfNextAffectedFile(undefined, () => true);
  }

  syntax(path: string): readonly TypeRemark[] {
    return this.#plain(this.#builder?.getSyntacticDiagnostics(this.#builder.getSourceFile(path)));
  }

  semantics(path: string): readonly TypeRemark[] {
    return this.#plain(this.#builder?.getSemanticDiagnostics(this.#builder.getSourceFile(path)));
  }

  close(): void {
    this.#builder = undefined;
    this.#files.clear();
  }

  #hostFor(options: ts.CompilerOptions): ts.CompilerHost {
    return {
      ...this.#ts.createCompilerHost(options, true),
      readFile: (path) => this.#read(path),
      fileExists: (path) => this.#ours(path) !== undefined || this.#ts.sys.fileExists(path),
      getSourceFile: (path, target) => this.#sourceFile(path, target),
    };
  }

  #sourceFile(path: string, target: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile | undefined {
    const known = this.#files.get(path);
    if (known) return known;
    const text = this.#read(path);
    if (text === undefined) return undefined;
    const file = this.#ts.createSourceFile(path, text, target, true);
    // The compiler distinguishes states of a file by `version`.
    Object.assign(file, { version: hashOf(text) });
    this.#files.set(path, file);
    return file;
  }

  #read(path: string): string | undefined {
    return this.#ours(path) ?? this.#ts.sys.readFile(path);
  }

  #ours(path: string): string | undefined {
    return this.#made.get(path) ?? this.#parsed(path);
  }

  #plain(diagnostics: readonly ts.Diagnostic[] = []): TypeRemark[] {
    return diagnostics.map(({ start = 0, length = 0, code, category, messageText }) => ({
      start,
      length,
      code,
      isError: category === this.#ts.DiagnosticCategory.Error,
      text: this.#ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
  }
}
