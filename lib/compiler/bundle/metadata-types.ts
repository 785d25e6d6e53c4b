import { ts } from 'ts-morph';
import { posixPath } from '../../core/paths.js';

/**
 * Returns a transformer that writes out what the names of types mean for the metadata of decorators: TypeScript, which compiles each
 * file alone here, takes a name from another file for that of a class.
 */
export function metadataTypes(program: ts.Program): ts.TransformerFactory<ts.SourceFile> {
  const checker = program.getTypeChecker();
  return (context) => (file) => {
    const known = program.getSourceFile(posixPath(file.fileName));
    // What follows the text of the source, if anything, has no decorators.
    if (!known || !file.text.startsWith(known.text)) return file;
    const references = referencesIn(known);
    const visit = (node: ts.Node): ts.Node => {
      if (!ts.isTypeReferenceNode(node)) return ts.visitEachChild(node, visit, context);
      const reference = references.get(node.pos);
      return (reference && plainType(reference, checker, context.factory)) ?? node;
    };
    return ts.visitEachChild(file, visit, context);
  };
}

/** Returns the references to types in a file, by their positions. */
function referencesIn(file: ts.SourceFile): Map<number, ts.TypeReferenceNode> {
  const found = new Map<number, ts.TypeReferenceNode>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) found.set(node.pos, node);
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Returns a type with the same metadata that names nothing; `undefined` for a name of a class, or one that means nothing. */
function plainType(
  { typeName }: ts.TypeReferenceNode,
  checker: ts.TypeChecker,
  factory: ts.NodeFactory,
): ts.TypeNode | undefined {
  const named = checker.getSymbolAtLocation(typeName);
  const symbol =
    named && (named.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(named) : named;
  if (!symbol || (symbol.flags & ts.SymbolFlags.Type) === 0) return undefined;
  if (checker.getTypeOfSymbolAtLocation(symbol, typeName).getConstructSignatures().length > 0)
    return undefined;
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const { SyntaxKind } = ts;
  const keyword = (kind: ts.KeywordTypeSyntaxKind): ts.TypeNode => factory.createKeywordTypeNode(kind);
  const any = keyword(SyntaxKind.AnyKeyword);
  const fits = (other: ts.Type): boolean => checker.isTypeAssignableTo(type, other);
  // The order is that in which TypeScript asks.
  if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0)
    return keyword(SyntaxKind.ObjectKeyword);
  if (fits(checker.getVoidType()) || fits(checker.getNullType())) return keyword(SyntaxKind.VoidKeyword);
  if (fits(checker.getBooleanType())) return keyword(SyntaxKind.BooleanKeyword);
  if (fits(checker.getNumberType())) return keyword(SyntaxKind.NumberKeyword);
  if (fits(checker.getBigIntType())) return keyword(SyntaxKind.BigIntKeyword);
  if (fits(checker.getStringType())) return keyword(SyntaxKind.StringKeyword);
  if (checker.isTupleType(type)) return factory.createArrayTypeNode(any);
  if (fits(checker.getESSymbolType())) return keyword(SyntaxKind.SymbolKeyword);
  if (type.getCallSignatures().length > 0) return factory.createFunctionTypeNode(undefined, [], any);
  return checker.isArrayType(type) ? factory.createArrayTypeNode(any) : keyword(SyntaxKind.ObjectKeyword);
}
