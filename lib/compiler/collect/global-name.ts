import { ts } from 'ts-morph';
import { resolveAlias } from '../rules/analysis/expressions.js';
import { isPlatformFile } from '../rules/analysis/platform-file.js';

/** Returns the name by which any file can refer to a type of the language or Node, without its arguments. */
export function globalTypeName({ symbol }: ts.Type, program: ts.Program): string | undefined {
  if (!symbol || symbol.flags & unnamed) return undefined;
  return isPlatformSymbol(symbol, program) ? globalName(symbol, program.getTypeChecker()) : undefined;
}

/** Returns whether the language or Node declares a symbol. */
export function isPlatformSymbol({ declarations = [] }: ts.Symbol, program: ts.Program): boolean {
  return declarations.some((declaration) => isPlatformFile(declaration.getSourceFile(), program));
}

const unnamed =
  ts.SymbolFlags.TypeLiteral | ts.SymbolFlags.ObjectLiteral | ts.SymbolFlags.Function | ts.SymbolFlags.Method;

/** Returns the type arguments of a type, without trailing ones that equal their defaults. */
export function statedArguments(type: ts.TypeReference, checker: ts.TypeChecker): readonly ts.Type[] {
  const args = [...(type.target ? checker.getTypeArguments(type) : [])];
  const parameters = type.target?.typeParameters ?? [];
  args.length = Math.min(args.length, parameters.length);
  while (args.length > 0) {
    const parameter = parameters[args.length - 1];
    const standard = parameter && checker.getDefaultFromTypeParameter(parameter);
    if (standard !== args.at(-1)) break;
    args.pop();
  }
  return args;
}

/** Returns the name by which any file can refer to a declared type: as a global, or as an export of one of Node's modules. */
function globalName(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  // The compiler's own names, `global.Buffer` and `"crypto".KeyObject`, are not valid in any file.
  if (checker.resolveName(symbol.name, undefined, ts.SymbolFlags.Type, false) === symbol) return symbol.name;
  const path = checker.getFullyQualifiedName(symbol);
  if (path.startsWith('"')) return importedName(symbol, checker);
  const [first = '', ...rest] = path.split('.');
  let found = checker.resolveName(first, undefined, ts.SymbolFlags.All, false);
  for (const name of rest) found = found && exportOf(found, checker, (member) => member.name === name);
  return found === symbol ? path : importedName(symbol, checker);
}

function importedName(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  for (const declaration of symbol.declarations ?? []) {
    const module = ts.findAncestor(declaration, isAmbientModule);
    const moduleSymbol = module && checker.getSymbolAtLocation(module.name);
    const exported =
      moduleSymbol && exportOf(moduleSymbol, checker, (member) => resolveAlias(member, checker) === symbol);
    if (exported) return `import('${module.name.text}').${exported.name}`;
  }
  return undefined;
}

function isAmbientModule(node: ts.Node): node is ts.ModuleDeclaration {
  return ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name);
}

function exportOf(
  module: ts.Symbol,
  checker: ts.TypeChecker,
  matches: (member: ts.Symbol) => boolean,
): ts.Symbol | undefined {
  return checker.getExportsOfModule(module).find(matches);
}
