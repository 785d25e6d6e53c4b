import { hasLivePrefix } from '../../live-prefix.js';
import { ts } from 'ts-morph';
import type { DeclaredSymbol } from '../../collect/live-symbols.js';
import type { PluginSources } from '../../rule.js';
import { resolveAlias } from '../analysis/expressions.js';
import { hasModifier } from '../analysis/syntax.js';

/**
 * Returns exports that give a live name to a symbol that is declared in another file under another name. Live symbols are found
 * where they are declared, so these would not be live.
 */
export function strayExports(plugin: PluginSources, live: readonly DeclaredSymbol[]): ts.ExportSpecifier[] {
  const checker = plugin.project.getTypeChecker().compilerObject;
  return plugin.files
    .flatMap((file) => file.compilerNode.statements)
    .flatMap((statement) => (ts.isExportDeclaration(statement) ? (statement.exportClause ?? []) : []))
    .flatMap((clause) => (ts.isNamedExports(clause) ? [...clause.elements] : []))
    .filter((element) => {
      const { text } = element.name;
      if (!hasLivePrefix(text, plugin.livePrefix) || ts.isTypeOnlyExportDeclaration(element)) return false;
      const symbol = checker.getSymbolAtLocation(element.name);
      const target = symbol && resolveAlias(symbol, checker);
      const isCallable = target && target.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class);
      return isCallable && !live.some((known) => known.symbol === target && known.name === text);
    });
}

/** An exported constant with a live name whose type does not say whether it is a function. */
export interface UncertainValue {
  readonly name: ts.Identifier;
  /** Text of the type, as printed by the checker. */
  readonly type: string;
}

export function uncertainValues(plugin: PluginSources): UncertainValue[] {
  const checker = plugin.project.getTypeChecker().compilerObject;
  return plugin.files
    .flatMap((file) => file.compilerNode.statements)
    .filter((statement) => ts.isVariableStatement(statement))
    .filter((statement) => hasModifier(statement, ts.SyntaxKind.ExportKeyword))
    .flatMap((statement) => statement.declarationList.declarations)
    .flatMap(({ name }): UncertainValue[] => {
      if (!ts.isIdentifier(name) || !hasLivePrefix(name.text, plugin.livePrefix)) return [];
      const type = checker.getTypeAtLocation(name);
      return isUncertain(type) ? [{ name, type: checker.typeToString(type) }] : [];
    });
}

function isUncertain(type: ts.Type): boolean {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true;
  return (
    type.isUnion() &&
    type.types.some((part) => part.getCallSignatures().length > 0) &&
    type.getCallSignatures().length === 0
  );
}
