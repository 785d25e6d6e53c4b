import { ts } from 'ts-morph';
import type { TextEdit } from '../../rule.js';
import { walk } from '../analysis/syntax.js';

/** Imports a function of `liveswap/plugin` into a file that lacks it; `undefined` when its name means something else there. */
export function addImport(file: ts.SourceFile, name: string): readonly TextEdit[] | undefined {
  const imports = file.statements.filter(ts.isImportDeclaration);
  const named = imports.find((statement) => isFromPlugin(statement) && elementsOf(statement) !== undefined);
  const elements = named && elementsOf(named);
  if (elements?.some((element) => element.name.text === name && !element.propertyName)) return [];
  if (declares(file, name)) return undefined;
  const at = { file: file.fileName };
  const last = elements?.at(-1);
  if (last) return [{ ...at, start: last.getEnd(), end: last.getEnd(), text: `, ${name}` }];
  const text = `import { ${name} } from 'liveswap/plugin';`;
  const before = imports.at(-1);
  if (before) return [{ ...at, start: before.getEnd(), end: before.getEnd(), text: `\n${text}` }];
  const [first] = file.statements;
  const start = first ? first.getStart(file) : 0;
  return [{ ...at, start, end: start, text: `${text}\n\n` }];
}

function isFromPlugin({ moduleSpecifier, importClause }: ts.ImportDeclaration): boolean {
  return (
    ts.isStringLiteral(moduleSpecifier) &&
    moduleSpecifier.text === 'liveswap/plugin' &&
    !importClause?.isTypeOnly
  );
}

function elementsOf({ importClause }: ts.ImportDeclaration): readonly ts.ImportSpecifier[] | undefined {
  const bindings = importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) && bindings.elements.length > 0
    ? bindings.elements
    : undefined;
}

/** Returns whether a name already means something somewhere in a file. */
function declares(file: ts.SourceFile, name: string): boolean {
  let isUsed = false;
  walk(file, (node) => {
    const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && node.text === name && !isMember) isUsed = true;
    return !isUsed;
  });
  return isUsed;
}
