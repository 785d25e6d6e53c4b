import { ts, type SourceFile } from 'ts-morph';

/** The methods of a handle that code uses by name; `all` when the handle is passed to a place that cannot be followed. */
export type HandleUse = ReadonlyMap<ts.Type, ReadonlySet<string> | 'all'>;

/**
 * Finds the methods of imported plugins that code uses. A handle is followed by its type wherever it is stored, passed or
 * exported: every expression of exactly this type is the handle.
 */
export function handleUse(
  files: readonly SourceFile[],
  handles: ReadonlySet<ts.Type>,
  checker: ts.TypeChecker,
): HandleUse {
  const use = new Map<ts.Type, Set<string> | 'all'>(
    [...handles].map((handle) => [handle, new Set<string>()]),
  );
  const visit = (node: ts.Node): void => {
    if (isValue(node)) {
      const type = checker.getTypeAtLocation(node);
      const used = use.get(type);
      if (used && used !== 'all') {
        const names = namesTaken(node, type, checker);
        if (names === 'all') use.set(type, 'all');
        else for (const name of names) used.add(name);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const file of files) visit(file.compilerNode);
  return use;
}

function isValue(node: ts.Node): node is ts.Expression | ts.ObjectBindingPattern {
  if (ts.isObjectBindingPattern(node)) return true;
  if (ts.isIdentifier(node)) return !isName(node);
  return (
    ts.isCallExpression(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isAwaitExpression(node)
  );
}

/** Returns whether an identifier only names something, such as a declaration, a member or an import. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isPartOfTypeNode(node) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return true;
  return 'name' in parent && parent.name === node;
}

function namesTaken(
  node: ts.Expression | ts.ObjectBindingPattern,
  type: ts.Type,
  checker: ts.TypeChecker,
): Iterable<string> | 'all' {
  if (ts.isObjectBindingPattern(node)) return namesBound(node);
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) return [parent.name.text];
  if (ts.isElementAccessExpression(parent) && parent.expression === node) {
    const key = checker.getTypeAtLocation(parent.argumentExpression);
    return key.isStringLiteral() ? [key.value] : 'all';
  }
  if (ts.isSpreadAssignment(parent) || ts.isAsExpression(parent) || ts.isForInStatement(parent)) return 'all';
  // A variable or pattern receives it, and the uses of that are visited separately.
  if (ts.isVariableDeclaration(parent) && !parent.type) return [];
  const wanted = checker.getContextualType(node);
  return !wanted || wanted === type || takesAsItIs(wanted, type) ? [] : 'all';
}

/** Returns whether the handle's type is preserved: in a type parameter, or a union with exactly this type. */
function takesAsItIs(wanted: ts.Type, type: ts.Type): boolean {
  return (
    (wanted.flags & ts.TypeFlags.TypeParameter) !== 0 || (wanted.isUnion() && wanted.types.includes(type))
  );
}

function namesBound(pattern: ts.ObjectBindingPattern): Iterable<string> | 'all' {
  const names: string[] = [];
  for (const { dotDotDotToken, propertyName, name } of pattern.elements) {
    const key = propertyName ?? name;
    if (dotDotDotToken || !(ts.isIdentifier(key) || ts.isStringLiteral(key))) return 'all';
    names.push(key.text);
  }
  return names;
}
