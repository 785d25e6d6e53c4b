import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { isOfPackage, platformName } from '../analysis/origin.js';

/** The methods that close something, the gentlest first. */
const closing = ['$disconnect', 'quit', 'end', 'close', 'disconnect', 'destroy', 'dispose'];

/** Matches packages whose methods of these names close nothing, or whose use `no-long-tasks` reports. */
const harmless = /\/node_modules\/(@types\/)?(debug|cheerio|chokidar)\//;

/** Matches clients that are part of Node. */
const platformClients =
  /^((net|tls|http2|sqlite|worker_threads)\.)?(Socket|TLSSocket|ClientHttp2Session|DatabaseSync|WebSocket|EventSource|BroadcastChannel)$/;

/** Returns whether a method of this name closes its object. */
export function isClosingName(name: string): boolean {
  return closing.includes(name);
}

/**
 * Returns the call that closes an instance of a package's class or a client of Node, in the form that follows the instance:
 * `end()`, `[Symbol.asyncDispose]()`.
 */
export function closingMethodOf(analysis: Analysis, type: ts.Type): string | undefined {
  const { checker } = analysis;
  const opened = checker.getNonNullableType(checker.getAwaitedType(type) ?? type);
  if (opened.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) return undefined;
  const isOfClient = declarationsOf(opened).some((declaration) => isClient(analysis, declaration));
  for (const name of closing) {
    const method = checker.getPropertyOfType(opened, name);
    if (method && isMethod(analysis, method) && (isOfClient || belongsToClient(analysis, method)))
      return `${name}()`;
  }
  return disposalOf(analysis, opened, isOfClient);
}

function disposalOf(analysis: Analysis, type: ts.Type, isOfClient: boolean): string | undefined {
  for (const member of analysis.checker.getPropertiesOfType(type)) {
    const [, name] = /^__@((?:asyncD|d)ispose)@/.exec(String(member.escapedName)) ?? [];
    if (name && (isOfClient || belongsToClient(analysis, member))) return `[Symbol.${name}]()`;
  }
  return undefined;
}

function belongsToClient(analysis: Analysis, { declarations }: ts.Symbol): boolean {
  return declarations?.some((declaration) => isClient(analysis, declaration)) ?? false;
}

// The `end` of a range or a given `dispose` call-back is a value or an accessor, not a method.
function isMethod(analysis: Analysis, symbol: ts.Symbol): boolean {
  if (symbol.flags & ts.SymbolFlags.Accessor) return false;
  const type = analysis.checker.getNonNullableType(analysis.checker.getTypeOfSymbol(symbol));
  const signatures = type.getCallSignatures();
  return signatures.some((signature) => !isOfOneAmongMany(analysis, signature));
}

// `destroy(sid, callback)` of a session store ends one session, and leaves the store open.
function isOfOneAmongMany({ checker }: Analysis, { parameters: [first] }: ts.Signature): boolean {
  const declaration = first?.valueDeclaration;
  if (!first || !declaration || !ts.isParameter(declaration) || checker.isOptionalParameter(declaration))
    return false;
  const named = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike;
  return (checker.getTypeOfSymbol(first).flags & named) !== 0;
}

function declarationsOf(type: ts.Type): readonly ts.Declaration[] {
  const parts = type.isUnionOrIntersection() ? type.types : [type];
  return parts.flatMap((part) => part.symbol?.declarations ?? []);
}

function isClient(analysis: Analysis, declaration: ts.Declaration): boolean {
  if (platformClients.test(platformName(analysis, declaration) ?? '')) return true;
  return isOfPackage(analysis, declaration) && !harmless.test(declaration.getSourceFile().fileName);
}
