import { ts, type Project, type SourceFile } from 'ts-morph';
import { Edits } from './incremental/edits.js';
import type { CheckedSources, Finding } from './rule.js';
import { isAboutTypes, typeFinding, type TypeRemark } from './type-finding.js';

/** liveswap's own type checker for one project. It remembers results for files that no later change can have affected. */
export class TypeCheck {
  readonly #project: Project;
  readonly #edits = new Edits();
  /** Results by file name. */
  readonly #found = new Map<string, readonly ts.Diagnostic[]>();

  constructor(project: Project) {
    this.#project = project;
  }

  /** Returns the type errors of a plugin, including syntax errors. */
  findings(plugin: CheckedSources): Finding[] {
    const program = this.#current();
    return plugin.files.flatMap((file) =>
      this.#diagnosticsOf(program, file).map((diagnostic) =>
        typeFinding(said(diagnostic), file, plugin.name),
      ),
    );
  }

  #current(): ts.Program {
    const program = this.#project.getProgram().compilerObject;
    const edit = this.#edits.since(program);
    if (edit.extent === 'everything') this.#found.clear();
    if (edit.extent === 'files') for (const name of edit.retyped) this.#found.delete(name);
    return program;
  }

  #diagnosticsOf(program: ts.Program, file: SourceFile): readonly ts.Diagnostic[] {
    const name = file.getFilePath();
    const found = this.#found.get(name) ?? diagnosticsOf(program, file.compilerNode);
    this.#found.set(name, found);
    return found;
  }
}

function diagnosticsOf(program: ts.Program, file: ts.SourceFile): readonly ts.Diagnostic[] {
  const syntax = program.getSyntacticDiagnostics(file);
  // The checker's errors in a file with syntax errors are mostly about the parser's guesses.
  if (syntax.length > 0) return syntax;
  return program.getSemanticDiagnostics(file).filter((one) => isAboutTypes(said(one)));
}

function said({ start = 0, length = 0, code, category, messageText }: ts.Diagnostic): TypeRemark {
  const isError = category === ts.DiagnosticCategory.Error;
  return { start, length, code, isError, text: ts.flattenDiagnosticMessageText(messageText, '\n') };
}
