import { ts, type SourceFile } from 'ts-morph';
import { hostBindingSpecifier } from '../entry.js';
import { relativePath } from '../posix-path.js';
import { importsFromPlugin } from '../rules/analysis/liveswap-package.js';

/** Code that is added to the end of a module, by its absolute path. */
export type Endings = ReadonlyMap<string, string>;

/**
 * What has to be added to a plugin's modules, so that its artifact knows by name the constants that hold resources: an error
 * says which one could not be opened.
 */
export function ownSymbolEndings(folder: string, files: readonly SourceFile[]): Endings {
  const endings = new Map<string, string>();
  for (const file of files) {
    const source = file.compilerNode;
    if (!importsFromPlugin(source, 'resource')) continue;
    const names = constantsOf(source);
    const path = file.getFilePath();
    if (names.length > 0) endings.set(path, ending(relativePath(folder, path), names));
  }
  return endings;
}

/** The constants that a module declares at its top level, exported or not. */
function constantsOf(file: ts.SourceFile): string[] {
  return file.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement) || isDeclared(statement)) return [];
    if (!isConst(statement.declarationList)) return [];
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  });
}

function isConst({ flags }: ts.VariableDeclarationList): boolean {
  // `await using` has both bits.
  return (flags & ts.NodeFlags.Const) !== 0 && (flags & ts.NodeFlags.Using) === 0;
}

function isDeclared(statement: ts.VariableStatement): boolean {
  return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false;
}

function ending(file: string, names: readonly string[]): string {
  return `
import { registerOwnSymbols as liveswapRegister } from '${hostBindingSpecifier}';
liveswapRegister(${JSON.stringify(file)}, { ${names.join(', ')} });
`;
}
