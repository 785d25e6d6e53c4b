import { ts, type Project, type SourceFile } from 'ts-morph';
import { hashOf } from '../manifest/hash.js';
import type { Finding, PluginSources } from './rule.js';

/** The type checker of one project; it remembers what it found in files that no change since can have affected. */
export class TypeCheck {
  readonly #project: Project;
  readonly #stamped = new WeakSet<ts.SourceFile>();
  #builder: ts.SemanticDiagnosticsBuilderProgram | undefined;

  constructor(project: Project) {
    this.#project = project;
  }

  /** What it has against a plugin, syntax errors included. */
  findings(plugin: PluginSources): Finding[] {
    const builder = this.#current();
    return plugin.files.flatMap((file) =>
      diagnosticsOf(builder, file).map((diagnostic) => findingOf(diagnostic, file, plugin.name)),
    );
  }

  #current(): ts.SemanticDiagnosticsBuilderProgram {
    const program = this.#project.getProgram().compilerObject;
    if (this.#builder?.getProgram() !== program) {
      for (const file of program.getSourceFiles()) this.#stamp(file);
      this.#builder = ts.createSemanticDiagnosticsBuilderProgram(
        program,
        { createHash: hashOf },
        this.#builder,
      );
      // Until it has gone through what a change affects, it answers from memory.
      while (this.#builder.getSemanticDiagnosticsOfNextAffectedFile()) continue;
    }
    return this.#builder;
  }

  /** Gives a file the version by which a change of it is noticed: the one it has from the project starts over at each edit. */
  #stamp(file: ts.SourceFile & { version?: string }): void {
    if (this.#stamped.has(file)) return;
    this.#stamped.add(file);
    file.version = hashOf(file.text);
  }
}

function diagnosticsOf(
  builder: ts.SemanticDiagnosticsBuilderProgram,
  file: SourceFile,
): readonly ts.Diagnostic[] {
  const syntax = builder.getSyntacticDiagnostics(file.compilerNode);
  // What the checker says of a file that does not parse is mostly about the parser's guesses.
  if (syntax.length > 0) return syntax;
  return builder
    .getSemanticDiagnostics(file.compilerNode)
    .filter(
      ({ category, code }) => category === ts.DiagnosticCategory.Error && code !== IMPORT_META_IN_COMMONJS,
    );
}

// Where `module` is `nodenext` the checker takes every file for CommonJS, having lost what package.json says: artifacts are ES modules.
const IMPORT_META_IN_COMMONJS = 1470;

function findingOf(diagnostic: ts.Diagnostic, file: SourceFile, plugin: string): Finding {
  const start = diagnostic.start ?? 0;
  const from = file.getLineAndColumnAtPos(start);
  const to = file.getLineAndColumnAtPos(start + (diagnostic.length ?? 0));
  return {
    rule: 'types',
    plugin,
    file: file.getFilePath(),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    problem: `${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')} (TS${diagnostic.code})`,
    remedy: '',
  };
}
