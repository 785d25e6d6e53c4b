import { dirname } from 'node:path';
import { ts, type Project } from 'ts-morph';
import { relativePath } from '../../../core/paths.js';

/** A part of liveswap: modules for plugin code, or modules for hosts alone. */
export type LiveswapPart = 'plugin' | 'host';

const pluginModules = new Set(['liveswap/plugin', 'liveswap/http/plugin', 'liveswap/stores']);

/** Returns the part of liveswap that a module specifier names. */
export function partOfSpecifier(specifier: string): LiveswapPart | undefined {
  if (pluginModules.has(specifier)) return 'plugin';
  return specifier === 'liveswap' || specifier.startsWith('liveswap/') ? 'host' : undefined;
}

const ownFolders = /^(?:dist\/)?(?:lib|workers)\//;
const pluginFolders = /^(?:dist\/)?lib\/(?:(?:http\/)?plugin|stores)\//;

/** Returns the part of liveswap that a file belongs to, however it was reached. */
export function partOfFile(file: string, project: Project): LiveswapPart | undefined {
  const root = liveswapFolder(dirname(file), project);
  if (root === undefined) return undefined;
  const path = relativePath(root, file);
  if (!ownFolders.test(path)) return undefined;
  return pluginFolders.test(path) ? 'plugin' : 'host';
}

// One map for each program: an edit makes a new program and so forgets folders that may have changed.
const known = new WeakMap<ts.Program, Map<string, string | undefined>>();

/** Returns the package folder that contains `folder`, if the package is liveswap. */
function liveswapFolder(folder: string, project: Project): string | undefined {
  const program = project.getProgram().compilerObject;
  const folders = known.get(program) ?? new Map<string, string | undefined>();
  known.set(program, folders);
  if (folders.has(folder)) return folders.get(folder);
  const name = packageName(`${folder}/package.json`, project);
  const parent = dirname(folder);
  const found =
    name === 'liveswap'
      ? folder
      : name !== undefined || parent === folder
        ? undefined
        : liveswapFolder(parent, project);
  folders.set(folder, found);
  return found;
}

function packageName(manifest: string, project: Project): string | undefined {
  const files = project.getFileSystem();
  if (!files.fileExistsSync(manifest)) return undefined;
  const { config } = ts.parseConfigFileTextToJson(manifest, files.readFileSync(manifest));
  return typeof config?.name === 'string' ? config.name : undefined;
}

/** Returns whether a symbol belongs to either part of liveswap. */
export function isOfLiveswap({ declarations = [] }: ts.Symbol, project: Project): boolean {
  return declarations.some((declaration) => partOfFile(declaration.getSourceFile().fileName, project));
}

/** Returns whether a symbol is the class `LiveData`, whose instances cross in a form of their own. */
export function isLiveData(symbol: ts.Symbol, project: Project): boolean {
  return symbol.name === 'LiveData' && isOfLiveswap(symbol, project);
}

/** A function of `liveswap/plugin`. */
export type PluginFunction = 'definePlugin' | 'importPlugin' | 'transfer' | 'resource' | 'kept' | 'every';

/** Returns whether an expression is a function of `liveswap/plugin`, under any name. */
export function isPluginFunction(callee: ts.Expression, name: PluginFunction, project: Project): boolean {
  const checker = project.getTypeChecker().compilerObject;
  let symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(callee) ? callee.name : callee);
  while (symbol) {
    if (symbol.declarations?.some((declaration) => declares(declaration, name, project))) return true;
    symbol = symbol.flags & ts.SymbolFlags.Alias ? checker.getImmediateAliasedSymbol(symbol) : undefined;
  }
  return false;
}

function declares(declaration: ts.Declaration, name: PluginFunction, project: Project): boolean {
  if (ts.isImportSpecifier(declaration)) {
    // The specifier is compared as text, which works even if liveswap is not installed and nothing can be resolved.
    const from = declaration.parent.parent.parent.moduleSpecifier;
    return (
      (declaration.propertyName ?? declaration.name).text === name &&
      ts.isStringLiteral(from) &&
      partOfSpecifier(from.text) === 'plugin'
    );
  }
  if (ts.isBindingElement(declaration)) {
    const { propertyName, parent } = declaration;
    const imported = propertyName ?? declaration.name;
    return ts.isIdentifier(imported) && imported.text === name && isRequired(parent.parent);
  }
  return (
    (ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration)) &&
    declaration.name?.getText() === name &&
    partOfFile(declaration.getSourceFile().fileName, project) === 'plugin'
  );
}

/** Returns whether a node is `… = require('liveswap/plugin')`. */
function isRequired(declaration: ts.Node): boolean {
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
  const { initializer } = declaration;
  if (!ts.isCallExpression(initializer) || initializer.expression.getText() !== 'require') return false;
  const [specifier] = initializer.arguments;
  return (
    specifier !== undefined &&
    ts.isStringLiteralLike(specifier) &&
    partOfSpecifier(specifier.text) === 'plugin'
  );
}

function requiresFromPlugin(statement: ts.VariableStatement, name: PluginFunction): boolean {
  return statement.declarationList.declarations.some(
    (declaration) =>
      isRequired(declaration) &&
      (ts.isIdentifier(declaration.name) ||
        declaration.name.elements.some(
          (element) =>
            !ts.isOmittedExpression(element) && (element.propertyName ?? element.name).getText() === name,
        )),
  );
}

/** Returns whether a file imports a function of `liveswap/plugin`, alone or with everything else. */
export function importsFromPlugin(file: ts.SourceFile, name: PluginFunction): boolean {
  return file.statements.some((statement) => {
    if (ts.isVariableStatement(statement)) return requiresFromPlugin(statement, name);
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return false;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || partOfSpecifier(statement.moduleSpecifier.text) !== 'plugin') return false;
    return (
      ts.isNamespaceImport(bindings) ||
      bindings.elements.some((element) => (element.propertyName ?? element.name).text === name)
    );
  });
}
