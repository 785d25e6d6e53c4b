import { ts, type SourceFile } from 'ts-morph';
import { hostBindingSpecifier } from '../../plugin/own-symbols.js';
import { relativePath } from '../../core/paths.js';
import type { PluginSources } from '../rule.js';
import { importsFromPlugin } from '../rules/analysis/liveswap-package.js';
import { hasModifier } from '../rules/analysis/syntax.js';
import { ownSources } from './own-sources.js';

/** Code that is added to the end of a module, by its absolute path. */
export type Endings = ReadonlyMap<string, string>;

/**
 * Returns the lines to append to a plugin's modules. They register by name the constants that hold resources, and the constants
 * and classes that kept state may refer to, exported or not.
 *
 * @param isCommonJs tells whether Node reads a module as CommonJS, which never holds for a plugin.
 */
export function ownSymbolEndings(
  plugin: PluginSources,
  files: readonly SourceFile[] = ownSources(plugin).flatMap((sources) => sources.files),
  isCommonJs: (path: string) => boolean = () => false,
): Endings {
  const { folder } = plugin;
  const keeps = files.some((file) => importsFromPlugin(file.compilerNode, 'kept'));
  const endings = new Map<string, string>();
  for (const file of files) {
    const source = file.compilerNode;
    if (!keeps && !importsFromPlugin(source, 'resource')) continue;
    const names = source.statements.flatMap((statement) => (isDeclared(statement) ? [] : namesIn(statement)));
    const path = file.getFilePath();
    const ending = isCommonJs(path) ? commonJsEnding : moduleEnding;
    if (names.length > 0) endings.set(path, ending(relativePath(folder, path), names));
  }
  return endings;
}

/** Returns the constants and classes that a top-level statement of a module declares. */
function namesIn(statement: ts.Statement): string[] {
  if (ts.isClassDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  if (ts.isEnumDeclaration(statement)) return isConstEnum(statement) ? [] : [statement.name.text];
  if (!ts.isVariableStatement(statement) || !isConst(statement.declarationList)) return [];
  return statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : [],
  );
}

function isConst({ flags }: ts.VariableDeclarationList): boolean {
  // `await using` has both bits.
  return (flags & ts.NodeFlags.Const) !== 0 && (flags & ts.NodeFlags.Using) === 0;
}

function isDeclared(statement: ts.Statement): boolean {
  return hasModifier(statement, ts.SyntaxKind.DeclareKeyword);
}

function isConstEnum(statement: ts.EnumDeclaration): boolean {
  return hasModifier(statement, ts.SyntaxKind.ConstKeyword);
}

function moduleEnding(file: string, names: readonly string[]): string {
  return `
import { registerOwnSymbols as liveswapRegister } from '${hostBindingSpecifier}';
liveswapRegister(${JSON.stringify(file)}, { ${names.join(', ')} });
`;
}

function commonJsEnding(file: string, names: readonly string[]): string {
  return `
require('${hostBindingSpecifier}').registerOwnSymbols(${JSON.stringify(file)}, { ${names.join(', ')} });
`;
}
