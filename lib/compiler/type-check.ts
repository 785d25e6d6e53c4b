import { ts, type Project, type SourceFile } from 'ts-morph';
import { excerptOf } from './finding-at.js';
import { Edits } from './incremental/edits.js';
import { nativePath } from './posix-path.js';
import type { Finding, PluginSources } from './rule.js';

/** The type checker of one project; it remembers what it found in files that no change since can have affected. */
export class TypeCheck {
  readonly #project: Project;
  readonly #edits = new Edits();
  /** By file name. */
  readonly #found = new Map<string, readonly ts.Diagnostic[]>();

  constructor(project: Project) {
    this.#project = project;
  }

  /** Returns the type errors of a plugin, including syntax errors. */
  findings(plugin: PluginSources): Finding[] {
    const program = this.#current();
    return plugin.files.flatMap((file) =>
      this.#diagnosticsOf(program, file).map((diagnostic) => findingOf(diagnostic, file, plugin.name)),
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
  return program
    .getSemanticDiagnostics(file)
    .filter(({ category, code }) => category === ts.DiagnosticCategory.Error && !notInModules.has(code));
}

/**
 * Errors that the checker only has because a file would be compiled to CommonJS; an artifact is an ES module. They are about
 * `import.meta`, `await` at the top level, and imports of ES modules.
 */
const notInModules = new Set([1309, 1343, 1378, 1470, 1471, 1479]);

function findingOf(diagnostic: ts.Diagnostic, file: SourceFile, plugin: string): Finding {
  const start = diagnostic.start ?? 0;
  const from = file.getLineAndColumnAtPos(start);
  const to = file.getLineAndColumnAtPos(start + (diagnostic.length ?? 0));
  return {
    rule: 'types',
    plugin,
    file: nativePath(file.getFilePath()),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    problem: `${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')} (TS${diagnostic.code})`,
    remedy: '',
    excerpt: excerptOf(file.getFullText(), from.line),
  };
}
