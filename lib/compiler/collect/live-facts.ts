import { ts } from 'ts-morph';
import { hashOf } from '../../manifest/hash.js';
import type { LiveFieldFacts, LiveFunctionFacts, LiveTypeFacts } from '../../manifest/manifest.js';
import { shapeText } from '../../manifest/shape-text.js';
import type { ShapeTable } from '../../manifest/shape.js';
import { promised } from '../promised.js';
import { relativePath } from '../../core/paths.js';
import { affinityFacts } from './affinity.js';
import { tagText, type DocTag } from './doc-tags.js';
import type { LiveSymbol } from './live-symbols.js';
import { isField } from './members.js';
import type { ShapeReader } from './shape-reader.js';

/** Returns the manifest's facts about live functions. */
export function liveFunctionFacts(
  folder: string,
  live: readonly LiveSymbol[],
  checker: ts.TypeChecker,
  reader: ShapeReader,
): LiveFunctionFacts[] {
  return live
    .filter(({ kind }) => kind === 'function')
    .map((symbol) => {
      const shape = reader.awaited(symbol.node.getType().compilerType);
      return {
        ...placeOf(folder, symbol),
        signature: shapeText(promised(shape), reader.table),
        shape,
        idempotent: hasTag(symbol, 'idempotent'),
        ...(hasTag(symbol, 'readonly') && { readonly: true }),
        ...affinityFacts(symbol.symbol, checker),
        ...breakingOf(symbol),
      };
    });
}

/** Returns the live types, by the symbols of their instances. */
export function liveTypeNames(live: readonly LiveSymbol[]): ReadonlyMap<ts.Symbol, string> {
  const types = live.filter(({ kind }) => kind === 'type');
  return new Map(types.map((symbol) => [instanceType(symbol).symbol, symbol.name]));
}

/** Returns the manifest's facts about live types. */
export function liveTypeFacts(
  folder: string,
  live: readonly LiveSymbol[],
  checker: ts.TypeChecker,
  reader: ShapeReader,
): LiveTypeFacts[] {
  const types = live.filter(({ kind }) => kind === 'type');
  const names = new Set(types.map(({ name }) => name));
  return types.map((symbol) => {
    const members = instanceType(symbol).getProperties();
    const fields = members.filter(isField).map((field): LiveFieldFacts => {
      const optional = (field.flags & ts.SymbolFlags.Optional) !== 0;
      const shape = reader.field(checker.getTypeOfSymbol(field), optional);
      const type = shapeText(shape, without(reader.table, names));
      return { name: field.name, type, shape, optional, ...(isBare(field, checker) && { bare: true }) };
    });
    return {
      ...placeOf(folder, symbol),
      fields,
      fingerprint: fingerprintOf(fields),
      handles: members.some(({ name, flags }) => name === 'handle' && flags & ts.SymbolFlags.Method),
      ...(hasUpcast(symbol, checker) && { upcasts: true }),
      ...breakingOf(symbol),
    };
  });
}

/** Returns a table without the live types, to which shapes refer by name: their data always belongs to the newest class. */
function without(table: ShapeTable, names: ReadonlySet<string>): ShapeTable {
  return Object.fromEntries(Object.entries(table).filter(([name]) => !names.has(name)));
}

function fingerprintOf(fields: readonly LiveFieldFacts[]): string {
  const shape = fields.map(({ name, type }) => JSON.stringify([name, type])).sort();
  return hashOf(shape.join('\n')).slice(0, 8);
}

function placeOf(
  folder: string,
  { name, file, node }: LiveSymbol,
): { name: string; file: string; line: number } {
  return { name, file: relativePath(folder, file.getFilePath()), line: node.getStartLineNumber() };
}

function instanceType({ node }: LiveSymbol): ts.Type {
  const [make] = node.getType().compilerType.getConstructSignatures();
  // The type of a class declaration's node is that of its instances; of a variable's, that of the class.
  return make ? make.getReturnType() : node.getType().compilerType;
}

function hasTag(symbol: LiveSymbol, name: DocTag): boolean {
  return tagText(symbol.node, name) !== undefined;
}

function breakingOf({ node }: LiveSymbol): { readonly breaking?: string } {
  const breaking = tagText(node, 'breaking');
  return breaking === undefined ? {} : { breaking };
}

/** Returns whether instances are made without a value of the field: it is declared, and nothing assigns it. */
function isBare(field: ts.Symbol, checker: ts.TypeChecker): boolean {
  const { valueDeclaration: declaration } = field;
  if (field.flags & ts.SymbolFlags.Optional || !declaration || !ts.isPropertyDeclaration(declaration))
    return false;
  if (declaration.initializer) return false;
  const type = checker.getTypeOfSymbol(field);
  if (checker.isTypeAssignableTo(checker.getUndefinedType(), type)) return false;
  const isDeclared = ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient;
  return !!isDeclared || !!declaration.exclamationToken || !hasConstructor(declaration.parent);
}

function hasConstructor({ members }: ts.ClassLikeDeclaration): boolean {
  return members.some((member) => ts.isConstructorDeclaration(member) && member.body);
}

function hasUpcast({ node }: LiveSymbol, checker: ts.TypeChecker): boolean {
  const symbol = node.getSymbol()?.compilerSymbol;
  return !!symbol && checker.getTypeOfSymbol(symbol).getProperty('upcast') !== undefined;
}
