import { Node, ts } from 'ts-morph';
import { hashOf } from '../../manifest/hash.js';
import type { LiveFieldFacts, LiveFunctionFacts, LiveTypeFacts } from '../../manifest/manifest.js';
import { shapeText } from '../../manifest/shape-text.js';
import type { ShapeTable } from '../../manifest/shape.js';
import { promised } from '../live-stubs.js';
import { relativePath } from '../posix-path.js';
import type { LiveSymbol } from './live-symbols.js';
import { isField } from './members.js';
import type { ShapeReader } from './shape-reader.js';

/** What the manifest says of the live functions. */
export function liveFunctionFacts(
  folder: string,
  live: readonly LiveSymbol[],
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
      };
    });
}

/** The live types, by the symbols of their instances. */
export function liveTypeNames(live: readonly LiveSymbol[]): ReadonlyMap<ts.Symbol, string> {
  const types = live.filter(({ kind }) => kind === 'type');
  return new Map(types.map((symbol) => [instanceType(symbol).symbol, symbol.name]));
}

/** What the manifest says of the live types. */
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
    const fields = members.filter(isField).map((field) => {
      const optional = (field.flags & ts.SymbolFlags.Optional) !== 0;
      const shape = reader.field(checker.getTypeOfSymbol(field), optional);
      return { name: field.name, type: shapeText(shape, without(reader.table, names)), shape, optional };
    });
    return {
      ...placeOf(folder, symbol),
      fields,
      fingerprint: fingerprintOf(fields),
      handles: members.some(({ name, flags }) => name === 'handle' && flags & ts.SymbolFlags.Method),
    };
  });
}

/** Live types are named where they are held: data of one is always data of its newest class. */
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

function hasTag({ node }: LiveSymbol, tag: string): boolean {
  return (
    ts.getJSDocTags(node.compilerNode).some(({ tagName }) => tagName.text === tag) ||
    overloadHasTag(node, tag)
  );
}

function overloadHasTag(node: Node, tag: string): boolean {
  return (
    Node.isFunctionDeclaration(node) &&
    node
      .getOverloads()
      .some((overload) => ts.getJSDocTags(overload.compilerNode).some(({ tagName }) => tagName.text === tag))
  );
}
