import type { Node } from 'ts-morph';
import type { Finding, PluginSources, Rule } from './rule.js';

/** Runs every rule over a plugin; findings come in the order of files and lines. */
export function runRules(plugin: PluginSources, rules: readonly Rule[]): Finding[] {
  const order = new Map(plugin.files.map((file, index) => [file.getFilePath() as string, index]));
  return rules
    .flatMap((rule) => {
      const findings: Finding[] = [];
      rule.check(plugin, (node, problem, remedy) =>
        findings.push({ rule: rule.name, plugin: plugin.name, ...placeOf(node), problem, remedy }),
      );
      return findings;
    })
    .sort(
      (left, right) =>
        (order.get(left.file) ?? 0) - (order.get(right.file) ?? 0) ||
        left.line - right.line ||
        left.column - right.column,
    );
}

function placeOf(node: Node): Pick<Finding, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'> {
  const file = node.getSourceFile();
  const from = file.getLineAndColumnAtPos(node.getStart());
  const to = file.getLineAndColumnAtPos(node.getEnd());
  return {
    file: file.getFilePath(),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
  };
}
