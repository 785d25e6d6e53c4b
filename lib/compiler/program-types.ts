import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import type { ExportedSymbol } from './collect/live-symbols.js';
import { liveParameter } from './live-types/live-parameter.js';
import { pluginTypes } from './plugin-module.js';

/**
 * Path of the generated declarations, in memory only, for the live symbols of a program: calls by name are checked against the
 * current sources instead of the `live.d.ts` of the last build. The path is beside `liveswap/plugin`, which the declarations
 * augment.
 */
export const PROGRAM_TYPES_FILE = join(dirname(pluginTypes), '.liveswap-live.d.ts');

/**
 * Returns the text of {@link PROGRAM_TYPES_FILE}; empty if there are no live symbols. Names that the program does not know are
 * `any`, because other plugins may have them.
 */
export function programTypes(live: readonly ExportedSymbol[]): string {
  if (live.length === 0) return '';
  const members = (kind: ExportedSymbol['kind'], typeOf: (symbol: ExportedSymbol) => string): string =>
    live
      .filter((symbol) => symbol.kind === kind)
      .map((symbol) => `    ${JSON.stringify(symbol.name)}: ${typeOf(symbol)};\n`)
      .sort()
      .join('');
  const liveTypes = new Set(live.flatMap(({ kind, name }) => (kind === 'type' ? [name] : [])));
  return `export {};
type Called<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : F;
type Data<T> = { [K in keyof T as T[K] extends (...args: any) => any ? never : K]: T[K] };
type Fields<T> = T extends undefined ? T : T extends readonly (infer E)[] ? readonly Fields<E>[] : Partial<Data<T>>;
type Given<F, At> = F extends (...args: infer A) => any ? { [K in keyof A]: K extends At ? Fields<A[K]> : A[K] } : never;
declare module './index.js' {
  interface LiveFunctions {
    [name: string]: any;
${members('function', (symbol) => functionType(symbol, liveTypes))}  }
  interface LiveTypes {
    [name: string]: any;
${members('type', liveType)}  }
}
`;
}

function functionType(symbol: ExportedSymbol, liveTypes: ReadonlySet<string>): string {
  const type = typeOfExport(symbol);
  const written = functionOf(symbol.declaration);
  const isSaid = written?.type !== undefined;
  const revived = revivedParameters(written, liveTypes, symbol.file.compilerNode);
  const parameters = revived.length > 0 ? `Given<${type}, ${revived.join(' | ')}>` : `Parameters<${type}>`;
  // Two functions may each return the other's result: TypeScript would report a cycle where there is none.
  if (!isSaid && mayCallByName(symbol.file.compilerNode)) {
    return written ? `(...args: ${parameters}) => Promise<any>` : '(...args: any[]) => Promise<any>';
  }
  if (revived.length > 0) return `(...args: ${parameters}) => Promise<Awaited<ReturnType<${type}>>>`;
  const modifiers = written && ts.canHaveModifiers(written) ? (ts.getModifiers(written) ?? []) : [];
  const isAsync = modifiers.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  return isAsync && !written?.asteriskToken ? type : `Called<${type}>`;
}

/** Returns the positions of the parameters for which a caller passes the fields of a live type, as keys of a tuple. */
function revivedParameters(
  written: ReturnType<typeof functionOf>,
  liveTypes: ReadonlySet<string>,
  file: ts.SourceFile,
): string[] {
  // Overloaded functions are given what is passed; the parameters of a generic one cannot be computed from its type.
  if (!written?.body || written.typeParameters) return [];
  return written.parameters.flatMap(({ type, dotDotDotToken }, index) =>
    !dotDotDotToken && liveParameter(type, liveTypes, file) ? [`'${index}'`] : [],
  );
}

function liveType(symbol: ExportedSymbol): string {
  const data = `Data<InstanceType<${typeOfExport(symbol)}>>`;
  return `{ value: ${data}; fields: Partial<${data}>; result: any }`;
}

function typeOfExport({ file, exportName }: ExportedSymbol): string {
  return `(typeof import(${JSON.stringify(file.getFilePath())}))[${JSON.stringify(exportName)}]`;
}

function functionOf(
  declaration: ExportedSymbol['declaration'],
): ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | undefined {
  if (ts.isFunctionDeclaration(declaration)) return declaration;
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value && (ts.isFunctionExpression(value) || ts.isArrowFunction(value)) ? value : undefined;
}

/** Returns whether code in a file may call live functions by name. */
export function mayCallByName({ text }: ts.SourceFile): boolean {
  return /\.(?:call|live|of|run)\b/.test(text);
}
