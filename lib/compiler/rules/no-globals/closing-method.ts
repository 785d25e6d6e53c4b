import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { isOfPackage } from '../analysis/origin.js';

/** The methods that close something, the gentlest first. */
const closing = ['$disconnect', 'quit', 'end', 'close', 'disconnect', 'destroy', 'dispose'];

/** Packages whose methods of these names close nothing, or that `no-long-tasks` reports. */
const harmless = /\/node_modules\/(@types\/)?(debug|cheerio|chokidar)\//;

/** Returns whether a method of this name closes its object. */
export function isClosingName(name: string): boolean {
  return closing.includes(name);
}

/**
 * Returns the call that closes an instance of a package's class, as it is written after the instance: `end()`,
 * `[Symbol.asyncDispose]()`.
 */
export function closingMethodOf(analysis: Analysis, type: ts.Type): string | undefined {
  const { checker } = analysis;
  const opened = checker.getNonNullableType(checker.getAwaitedType(type) ?? type);
  if (opened.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) return undefined;
  const isOfPackage = declarationsOf(opened).some((declaration) => isInPackage(analysis, declaration));
  for (const name of closing) {
    const method = checker.getPropertyOfType(opened, name);
    if (method && isMethod(analysis, method) && (isOfPackage || isPackages(analysis, method)))
      return `${name}()`;
  }
  return disposalOf(analysis, opened, isOfPackage);
}

function disposalOf(analysis: Analysis, type: ts.Type, isOfPackage: boolean): string | undefined {
  for (const member of analysis.checker.getPropertiesOfType(type)) {
    const [, name] = /^__@((?:asyncD|d)ispose)@/.exec(String(member.escapedName)) ?? [];
    if (name && (isOfPackage || isPackages(analysis, member))) return `[Symbol.${name}]()`;
  }
  return undefined;
}

function isPackages(analysis: Analysis, { declarations }: ts.Symbol): boolean {
  return declarations?.some((declaration) => isInPackage(analysis, declaration)) ?? false;
}

// The `end` of a range or a given `dispose` call-back is a value or an accessor, not a method.
function isMethod(analysis: Analysis, symbol: ts.Symbol): boolean {
  if (symbol.flags & ts.SymbolFlags.Accessor) return false;
  const type = analysis.checker.getNonNullableType(analysis.checker.getTypeOfSymbol(symbol));
  return type.getCallSignatures().length > 0;
}

function declarationsOf(type: ts.Type): readonly ts.Declaration[] {
  const parts = type.isUnionOrIntersection() ? type.types : [type];
  return parts.flatMap((part) => part.symbol?.declarations ?? []);
}

function isInPackage(analysis: Analysis, declaration: ts.Declaration): boolean {
  return isOfPackage(analysis, declaration) && !harmless.test(declaration.getSourceFile().fileName);
}
