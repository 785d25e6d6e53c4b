import { ts, type Project, type SourceFile } from 'ts-morph';
import type { MethodFacts } from '../../manifest/manifest.js';
import { shapeText } from '../../manifest/shape-text.js';
import { definitionTables } from '../rules/analysis/plugin-definition.js';
import { affinityFacts } from './affinity.js';
import { tagOfSymbol } from './doc-tags.js';
import { removedNames } from './removed-names.js';
import type { ShapeReader } from './shape-reader.js';

/** The tables of a plugin's definition: methods that others import, functions that the host invokes. */
export interface DefinitionFacts {
  readonly exports?: MethodFacts[];
  readonly functions?: MethodFacts[];
  readonly removed?: Record<string, string>;
}

/** Reads the types of `exports` and `functions` in `definePlugin`, the default export of the root module. */
export function definitionFacts(root: SourceFile, project: Project, reader: ShapeReader): DefinitionFacts {
  const checker = project.getTypeChecker().compilerObject;
  const [tables] = definitionTables(root, project);
  const exports = tables?.exports && methodsOf(tables.exports, checker, reader);
  const functions = tables?.functions && methodsOf(tables.functions, checker, reader);
  const removed = removedNames(root, project);
  return { ...(exports && { exports }), ...(functions && { functions }), ...(removed && { removed }) };
}

/** Returns the methods of a table of functions; `undefined` if it could contain any name. */
export function methodsOf(
  table: ts.Type,
  checker: ts.TypeChecker,
  reader: ShapeReader,
): MethodFacts[] | undefined {
  if (table.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return undefined;
  if (checker.getIndexInfosOfType(table).length > 0) return undefined;
  return checker
    .getPropertiesOfType(table)
    .map((method) => {
      const type = checker.getNonNullableType(checker.getTypeOfSymbol(method));
      if (type.getCallSignatures().length === 0) return { name: method.name };
      const shape = reader.awaited(type);
      return {
        name: method.name,
        signature: shapeText(shape, reader.table),
        shape,
        ...tagsOf(method, checker),
      };
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function tagsOf(
  method: ts.Symbol,
  checker: ts.TypeChecker,
): Pick<MethodFacts, 'breaking' | 'readonly' | 'affinity'> {
  const breaking = tagOfSymbol(method, 'breaking', checker);
  const isReadonly = tagOfSymbol(method, 'readonly', checker) !== undefined;
  return {
    ...(breaking !== undefined && { breaking }),
    ...(isReadonly && { readonly: true }),
    ...affinityFacts(method, checker),
  };
}
