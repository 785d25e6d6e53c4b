import { ts, type Project, type SourceFile } from 'ts-morph';
import { constantValue, resolveAlias, symbolAt } from './expressions.js';
import { isPluginFunction, partOfFile } from './liveswap-package.js';
import { bare } from './syntax.js';

/** Default export of the root module, judged as a plugin. */
export type DefaultExport =
  | { readonly state: 'missing' }
  | { readonly state: 'other'; readonly node: ts.Node }
  /** The result of `definePlugin`; `type` says what is in it. */
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

/** The expression whose type describes the plugin, when `expression` comes from `definePlugin`. */
function pluginExpression(expression: ts.Expression, project: Project): ts.Expression | undefined {
  const checker = project.getTypeChecker().compilerObject;
  const inner = bare(expression);
  if (ts.isCallExpression(inner) && isPluginFunction(inner.expression, 'definePlugin', project)) return inner;
  if (ts.isIdentifier(inner)) {
    const value = constantValue(symbolAt(inner, checker));
    if (value && value !== inner) return pluginExpression(value, project);
  }
  // An object that merely has the shape was not defined, whatever type it is given.
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

/** Returns whether a plugin says that only one version of it runs at a time: `exclusive: true`, where it is defined. */
export function saysExclusive(root: SourceFile, project: Project): boolean {
  const checker = project.getTypeChecker().compilerObject;
  let isSaid = false;
  root.compilerNode.forEachChild(function look(node): void {
    if (ts.isCallExpression(node) && isPluginFunction(node.expression, 'definePlugin', project)) {
      const [definition] = node.arguments;
      const type = definition && checker.getTypeAtLocation(definition);
      const member = type?.getProperty('exclusive');
      const value = member && checker.getTypeOfSymbolAtLocation(member, node);
      // The declaration of a literal tells more than its widened type.
      const declared = member?.valueDeclaration;
      isSaid ||=
        (value !== undefined && checker.typeToString(value) === 'true') ||
        (declared !== undefined &&
          ts.isPropertyAssignment(declared) &&
          declared.initializer.kind === ts.SyntaxKind.TrueKeyword);
    }
    node.forEachChild(look);
  });
  return isSaid;
}

/** A function in the `exports` or `functions` of a plugin. */
export interface DefinedFunction {
  readonly table: 'exports' | 'functions';
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly type: ts.Type;
  /** The entry's node, or the exported one if that cannot be told. */
  readonly node: ts.Node;
}

/** Returns the functions that a plugin defines by name, as far as the checker knows them. */
export function definedFunctions(root: SourceFile, project: Project): DefinedFunction[] {
  const found = defaultExportOf(root, project);
  if (found.state !== 'plugin') return [];
  const checker = project.getTypeChecker().compilerObject;
  const parts = found.type.isUnionOrIntersection() ? found.type.types : [found.type];
  const functionsIn = (table: DefinedFunction['table'], type: ts.Type | undefined): DefinedFunction[] =>
    (type?.getProperties() ?? []).map((symbol) => ({
      table,
      name: symbol.name,
      symbol,
      type: checker.getTypeOfSymbol(symbol),
      node: (symbol.valueDeclaration && ts.getNameOfDeclaration(symbol.valueDeclaration)) ?? found.node,
    }));
  return parts
    .filter((part) => isPluginType(part, project))
    .flatMap((part) => {
      const [exports, functions] = checker.getTypeArguments(part as ts.TypeReference);
      return [...functionsIn('exports', exports), ...functionsIn('functions', functions)];
    });
}
