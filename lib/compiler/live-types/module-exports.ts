import { ts } from 'ts-morph';
import type { EmittedModule } from './emitted-module.js';
import { Unsayable } from './unsayable.js';

/** Something that a module declares, or imports from a package. */
export type Origin =
  | { readonly kind: 'own'; readonly module: EmittedModule; readonly name: string }
  | { readonly kind: 'package'; readonly specifier: string; readonly name: ImportedName };

/** Imported part of a module: an export by name, or the whole module. */
export type ImportedName = { readonly export: string } | 'everything';

/** Finds the module of a specifier. */
export type Resolve = (specifier: string, from: string) => EmittedModule | 'package';

/** Returns the origin of an export of a module. @throws Unsayable */
function originOfExport(module: EmittedModule, name: string, resolve: Resolve): Origin {
  const found = findExport(module, name, resolve, new Set());
  if (!found) throw new Unsayable(`${module.path} exports no ${name}`);
  return found;
}

/** Returns the origin of an import of `name` by a module. @throws Unsayable */
export function originOfImport(
  specifier: string,
  name: ImportedName,
  from: EmittedModule,
  resolve: Resolve,
): Origin {
  const target = resolve(specifier, from.path);
  if (target === 'package') return { kind: 'package', specifier, name };
  if (name === 'everything') throw new Unsayable(`the whole of ${specifier}`);
  return originOfExport(target, name.export, resolve);
}

/** Returns the origin of a local import of a module. @throws Unsayable */
export function originOfLocal(declaration: ts.Declaration, module: EmittedModule, resolve: Resolve): Origin {
  const specifier = specifierOf(declaration);
  if (specifier === undefined) throw new Unsayable(declaration.getText(module.file));
  return originOfImport(specifier, importedName(declaration), module, resolve);
}

/** Returns the origin of a member of a module that is imported as a whole; `undefined` for a package. @throws Unsayable */
export function originOfMember(
  declaration: ts.Declaration,
  name: string,
  module: EmittedModule,
  resolve: Resolve,
): Origin | undefined {
  const specifier = specifierOf(declaration);
  const target = specifier === undefined ? 'package' : resolve(specifier, module.path);
  return target === 'package' ? undefined : originOfExport(target, name, resolve);
}

/** Returns whether a declaration is an import, whose meaning is elsewhere. */
export function isImport(declaration: ts.Declaration): boolean {
  return (
    ts.isImportSpecifier(declaration) ||
    ts.isImportClause(declaration) ||
    ts.isNamespaceImport(declaration) ||
    ts.isImportEqualsDeclaration(declaration)
  );
}

function importedName(declaration: ts.Declaration): ImportedName {
  if (ts.isImportSpecifier(declaration))
    return { export: (declaration.propertyName ?? declaration.name).text };
  return ts.isImportClause(declaration) ? { export: 'default' } : 'everything';
}

function specifierOf(declaration: ts.Declaration): string | undefined {
  const statement = ts.findAncestor(declaration, ts.isImportDeclaration);
  return statement && ts.isStringLiteral(statement.moduleSpecifier)
    ? statement.moduleSpecifier.text
    : undefined;
}

function findExport(
  module: EmittedModule,
  name: string,
  resolve: Resolve,
  seen: Set<EmittedModule>,
): Origin | undefined {
  if (seen.has(module)) return undefined;
  seen.add(module);
  const { statements } = module.file;
  for (const statement of statements) {
    const found = exportIn(statement, name, module, resolve);
    if (found) return found;
  }
  for (const statement of statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause || !statement.moduleSpecifier) continue;
    const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
    const target = resolve(specifier, module.path);
    // With several packages, nothing tells which one exports the name.
    if (target === 'package') throw new Unsayable(`export * from '${specifier}'`);
    const found = findExport(target, name, resolve, seen);
    if (found) return found;
  }
  return undefined;
}

function exportIn(
  statement: ts.Statement,
  name: string,
  module: EmittedModule,
  resolve: Resolve,
): Origin | undefined {
  if (ts.isExportAssignment(statement)) {
    return name === 'default' && ts.isIdentifier(statement.expression)
      ? originOfName(statement.expression, module, resolve)
      : undefined;
  }
  if (ts.isExportDeclaration(statement)) return specifiedIn(statement, name, module, resolve);
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const isExported = modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  const isDefault = modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
  if (!isExported || isDefault !== (name === 'default')) return undefined;
  const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
  for (const one of declared) {
    const text = ts.getNameOfDeclaration(one as ts.Declaration)?.getText(module.file);
    if (text !== undefined && (isDefault || text === name)) return { kind: 'own', module, name: text };
  }
  return undefined;
}

function specifiedIn(
  { exportClause, moduleSpecifier }: ts.ExportDeclaration,
  name: string,
  module: EmittedModule,
  resolve: Resolve,
): Origin | undefined {
  if (!exportClause || !ts.isNamedExports(exportClause)) return undefined;
  const specifier = exportClause.elements.find((one) => one.name.text === name);
  if (!specifier) return undefined;
  const local = specifier.propertyName ?? specifier.name;
  if (moduleSpecifier && ts.isStringLiteral(moduleSpecifier)) {
    return originOfImport(moduleSpecifier.text, { export: local.text }, module, resolve);
  }
  return ts.isIdentifier(local) ? originOfName(local, module, resolve) : undefined;
}

function originOfName(name: ts.Identifier, module: EmittedModule, resolve: Resolve): Origin {
  const imported = module.importOf(name.text);
  return imported ? originOfLocal(imported, module, resolve) : { kind: 'own', module, name: name.text };
}
