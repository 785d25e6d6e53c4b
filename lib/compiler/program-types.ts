import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import type { ExportedSymbol } from './collect/live-symbols.js';
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
  return `export {};
type Called<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : F;
type Data<T> = { [K in keyof T as T[K] extends (...args: any) => any ? never : K]: T[K] };
declare module './index.js' {
  interface LiveFunctions {
    [name: string]: any;
${members('function', functionType)}  }
  interface LiveTypes {
    [name: string]: any;
${members('type', liveType)}  }
}
`;
}

function functionType(symbol: ExportedSymbol): string {
  const type = typeOfExport(symbol);
  const written = functionOf(symbol.declaration);
  const isSaid = written?.type !== undefined;
  // Two functions may each return the other's result: TypeScript would report a cycle where there is none.
  if (!isSaid && mayCallByName(symbol.file.compilerNode)) {
    return written ? `(...args: Parameters<${type}>) => Promise<any>` : '(...args: any[]) => Promise<any>';
  }
  const modifiers = written && ts.canHaveModifiers(written) ? (ts.getModifiers(written) ?? []) : [];
  const isAsync = modifiers.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  return isAsync && !written?.asteriskToken ? type : `Called<${type}>`;
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
