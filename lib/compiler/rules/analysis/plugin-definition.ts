import { ts, type Project, type SourceFile } from 'ts-morph';
import { constantValue, resolveAlias, symbolAt } from './expressions.js';
import { isPluginFunction, partOfFile } from './liveswap-package.js';
import { bare, walk } from './syntax.js';

/** Default export of the root module, examined as a plugin. */
export type DefaultExport =
  | { readonly state: 'missing' }
  | { readonly state: 'other'; readonly node: ts.Node }
  /** The result of `definePlugin`; `type` describes its contents. */
  | { readonly state: 'plugin'; readonly node: ts.Node; readonly type: ts.Type };

/** Follows the default export of a root module, through variables, re-exports and wrappers, to `definePlugin`. */
export function defaultExportOf(root: SourceFile, project: Project): DefaultExport {
  const checker = project.getTypeChecker().compilerObject;
  const module = checker.getSymbolAtLocation(root.compilerNode);
  const exported = module && checker.tryGetMemberInModuleExports('default', module);
  if (!exported) return { state: 'missing' };
  const origin = exportedExpression(exported, checker);
  const node = origin ?? exported.declarations?.[0] ?? root.compilerNode;
  const definition = origin && pluginExpression(origin, project);
  return definition
    ? { state: 'plugin', node, type: checker.getTypeAtLocation(definition) }
    : { state: 'other', node };
}

function exportedExpression(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Expression | undefined {
  const target = resolveAlias(symbol, checker);
  const declaration = target.valueDeclaration ?? target.declarations?.[0];
  if (!declaration) return undefined;
  if (ts.isExportAssignment(declaration)) return declaration.expression;
  return ts.isVariableDeclaration(declaration)
    ? (declaration.initializer ?? identifierOf(declaration))
    : undefined;
}

function identifierOf({ name }: ts.VariableDeclaration): ts.Expression | undefined {
  return ts.isIdentifier(name) ? name : undefined;
}

/** Returns the expression whose type describes the plugin, if `expression` comes from `definePlugin`. */
function pluginExpression(expression: ts.Expression, project: Project): ts.Expression | undefined {
  const checker = project.getTypeChecker().compilerObject;
  const inner = bare(expression);
  if (ts.isCallExpression(inner) && isPluginFunction(inner.expression, 'definePlugin', project)) return inner;
  if (ts.isIdentifier(inner)) {
    const value = constantValue(symbolAt(inner, checker));
    if (value && value !== inner) return pluginExpression(value, project);
  }
  // A plain object was not made by `definePlugin`, even if it is annotated with the type.
  if (ts.isObjectLiteralExpression(inner)) return undefined;
  if (isPluginType(checker.getTypeAtLocation(expression), project)) return expression;
  if (!ts.isCallExpression(inner)) return undefined;
  for (const argument of inner.arguments) {
    const wrapped = pluginExpression(argument, project);
    if (wrapped) return wrapped;
  }
  return undefined;
}

function isPluginType(type: ts.Type, project: Project): boolean {
  if (type.isIntersection()) return type.types.some((part) => isPluginType(part, project));
  if (type.isUnion()) return type.types.every((part) => isPluginType(part, project));
  const symbol = type.getSymbol();
  return (
    symbol?.name === 'PluginDefinition' &&
    (symbol.declarations ?? []).some(
      (declaration) => partOfFile(declaration.getSourceFile().fileName, project) === 'plugin',
    )
  );
}

/** Returns the calls of `definePlugin` in a root module. */
export function definitionCalls(root: SourceFile, project: Project): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  walk(root.compilerNode, (node) => {
    if (ts.isCallExpression(node) && isPluginFunction(node.expression, 'definePlugin', project))
      calls.push(node);
  });
  return calls;
}

/** Returns whether the definition of a plugin has `exclusive: true`: only one version runs at a time. */
export function saysExclusive(root: SourceFile, project: Project): boolean {
  const checker = project.getTypeChecker().compilerObject;
  return definitionCalls(root, project).some((call) => {
    const [definition] = call.arguments;
    const member = definition && checker.getTypeAtLocation(definition).getProperty('exclusive');
    if (!member) return false;
    const { valueDeclaration: declared } = member;
    // The literal in the declaration is more exact than its widened type.
    return (
      checker.typeToString(checker.getTypeOfSymbolAtLocation(member, call)) === 'true' ||
      (declared !== undefined &&
        ts.isPropertyAssignment(declared) &&
        declared.initializer.kind === ts.SyntaxKind.TrueKeyword)
    );
  });
}

/** Types of the tables of functions in a plugin's definition. */
export interface DefinitionTables {
  readonly exports: ts.Type | undefined;
  readonly functions: ts.Type | undefined;
}

/** Returns the tables of a plugin: several if there is a choice of definitions. */
export function definitionTables(root: SourceFile, project: Project): DefinitionTables[] {
  const found = defaultExportOf(root, project);
  if (found.state !== 'plugin') return [];
  const checker = project.getTypeChecker().compilerObject;
  const parts = found.type.isUnionOrIntersection() ? found.type.types : [found.type];
  return parts
    .filter((part) => isPluginType(part, project))
    .map((part) => {
      const [exports, functions] = checker.getTypeArguments(part as ts.TypeReference);
      return { exports, functions };
    });
}

/** A function in the `exports` or `functions` of a plugin. */
export interface DefinedFunction {
  readonly table: 'exports' | 'functions';
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly type: ts.Type;
  /** The name in the table, or the root module if that is unknown. */
  readonly node: ts.Node;
}

/** Returns the functions that a plugin defines by name, as far as the checker knows them. */
export function definedFunctions(root: SourceFile, project: Project): DefinedFunction[] {
  const checker = project.getTypeChecker().compilerObject;
  const functionsIn = (table: DefinedFunction['table'], type: ts.Type | undefined): DefinedFunction[] =>
    (type?.getProperties() ?? []).map((symbol) => ({
      table,
      name: symbol.name,
      symbol,
      type: checker.getTypeOfSymbol(symbol),
      node:
        (symbol.valueDeclaration && ts.getNameOfDeclaration(symbol.valueDeclaration)) ?? root.compilerNode,
    }));
  return definitionTables(root, project).flatMap(({ exports, functions }) => [
    ...functionsIn('exports', exports),
    ...functionsIn('functions', functions),
  ]);
}
