import { ts, type Project, type SourceFile } from 'ts-morph';
import type { Finding, PluginSources } from './rule.js';

/** What the type checker has against a plugin, syntax errors included. */
export function typeFindings(plugin: PluginSources): Finding[] {
  return plugin.files.flatMap((file) =>
    diagnosticsOf(plugin.project, file).map((diagnostic) => findingOf(diagnostic, file, plugin.name)),
  );
}

function diagnosticsOf(project: Project, file: SourceFile): readonly ts.Diagnostic[] {
  const program = project.getProgram().compilerObject;
  const syntax = program.getSyntacticDiagnostics(file.compilerNode);
  // What the checker says of a file that does not parse is mostly about the parser's guesses.
  if (syntax.length > 0) return syntax;
  return program
    .getSemanticDiagnostics(file.compilerNode)
    .filter((diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error);
}

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
