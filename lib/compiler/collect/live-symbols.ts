import { Node, SyntaxKind, type SourceFile, type Symbol } from 'ts-morph';

/** A live function or live type where it is declared. */
export interface LiveSymbol {
  readonly kind: 'function' | 'type';
  readonly name: string;
  /** What the module calls it: `default`, or another name, when it is exported as such. */
  readonly exportName: string;
  readonly file: SourceFile;
  /** The declaration: a function, a variable that holds one, or a class. */
  readonly node: Node;
}

/** Every live function and live type of a plugin, by file and then by place. */
export function findLiveSymbols(files: readonly SourceFile[], livePrefix: string): LiveSymbol[] {
  const prefix = livePrefix.toLowerCase();
  return files
    .filter((file) => file.getFullText().toLowerCase().includes(prefix))
    .flatMap((file) =>
      file
        .getExportSymbols()
        .flatMap((symbol) => liveSymbol(symbol, file, prefix) ?? [])
        .sort((left, right) => left.node.getPos() - right.node.getPos()),
    );
}

function liveSymbol(symbol: Symbol, file: SourceFile, prefix: string): LiveSymbol | undefined {
  const exportName = symbol.getName();
  const declared = symbol.isAlias() ? symbol.getAliasedSymbol() : symbol;
  const declarations = declared?.getDeclarations().filter((node) => node.getSourceFile() === file) ?? [];
  const name = exportName === 'default' ? declarations.map(nameOf).find(Boolean) : exportName;
  if (!name?.toLowerCase().startsWith(prefix)) return undefined;
  const node = declarations.find(kindOf);
  const kind = node && kindOf(node);
  return node && kind ? { kind, name, exportName, file, node } : undefined;
}

function kindOf(node: Node): LiveSymbol['kind'] | undefined {
  if (Node.isFunctionDeclaration(node)) return node.hasDeclareKeyword() ? undefined : 'function';
  if (Node.isClassDeclaration(node)) return node.hasDeclareKeyword() ? undefined : 'type';
  if (!Node.isVariableDeclaration(node) && !Node.isBindingElement(node)) return undefined;
  if (node.getFirstAncestorByKind(SyntaxKind.VariableStatement)?.hasDeclareKeyword()) return undefined;
  const type = node.getType();
  if (type.getConstructSignatures().length > 0) return 'type';
  return type.getCallSignatures().length > 0 ? 'function' : undefined;
}

function nameOf(node: Node): string | undefined {
  return Node.hasName(node) || Node.isFunctionDeclaration(node) || Node.isClassDeclaration(node)
    ? node.getName()
    : undefined;
}
