import { Node, type SourceFile, type Symbol } from 'ts-morph';

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
  const node = declared
    ?.getDeclarations()
    .find((declaration) => declaration.getSourceFile() === file && kindOf(declaration));
  const kind = node && kindOf(node);
  if (!node || !kind) return undefined;
  const name = exportName === 'default' ? nameOf(node) : exportName;
  return name?.toLowerCase().startsWith(prefix) ? { kind, name, exportName, file, node } : undefined;
}

function kindOf(node: Node): LiveSymbol['kind'] | undefined {
  if (Node.isFunctionDeclaration(node)) return node.hasDeclareKeyword() ? undefined : 'function';
  if (Node.isClassDeclaration(node)) return node.hasDeclareKeyword() ? undefined : 'type';
  const value = Node.isVariableDeclaration(node) ? node.getInitializer() : undefined;
  if (Node.isArrowFunction(value) || Node.isFunctionExpression(value)) return 'function';
  return Node.isClassExpression(value) ? 'type' : undefined;
}

function nameOf(node: Node): string | undefined {
  return Node.hasName(node) || Node.isFunctionDeclaration(node) || Node.isClassDeclaration(node)
    ? node.getName()
    : undefined;
}
