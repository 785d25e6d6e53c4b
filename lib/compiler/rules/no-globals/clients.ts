import { ts } from 'ts-morph';
import { isAdaptedMaking } from '../analysis/adapted-making.js';
import type { Analysis } from '../analysis/analysis.js';
import { callsAtOnce, runsLater } from '../analysis/escape.js';
import { isHook } from '../analysis/hooks.js';
import { holdingCalls } from '../analysis/resources.js';
import type { Releases } from '../analysis/releases.js';
import {
  accessedName,
  bare,
  callOf,
  isAccess,
  isFunctionNode,
  walk,
  walkModule,
  wrapped,
  type CallOrNew,
  isUsing,
} from '../analysis/syntax.js';
import { isPromise } from '../analysis/types.js';
import { bindingsOf, valueUses } from '../analysis/uses.js';
import { closingMethodOf, isClosingName } from './closing-method.js';
import { holderOf } from './roots.js';

/** An instance of a package's class at module level that nothing closes. */
export interface OpenClient {
  /** The name that holds it, or the expression that creates it. */
  readonly node: ts.Node;
  readonly call: CallOrNew;
  /** Name of its class for a message. */
  readonly type: string;
  /** The call that closes the instance: `end()`. */
  readonly closing: string;
  /** True when the instance receives work from elsewhere as soon as it is created, like a consumer of a queue. */
  readonly takesWork: boolean;
}

/** Matches names of classes whose instances receive work as soon as they are created. */
const takesWork = /Worker|Consumer|Subscriber|Listener|Poller|Scheduler|(Server|Bot|Cron|CronJob)$/;

/** Returns the clients at module level that must be closed and that neither `resource` nor a hook closes. */
export function openClients(analysis: Analysis, releases: Releases): OpenClient[] {
  const held = holdingCalls(analysis);
  const found = new Map<ts.Node, OpenClient>();
  for (const file of analysis.files) {
    for (const client of analysis.memory.recall('clients', file, () => clientsIn(analysis, releases, file))) {
      if (!held.has(client.call) && !found.has(client.node)) found.set(client.node, client);
    }
  }
  return [...found.values()];
}

function clientsIn(analysis: Analysis, releases: Releases, file: ts.SourceFile): readonly OpenClient[] {
  const found: OpenClient[] = [];
  const visit = (node: ts.Node): void => {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    const client = clientOf(analysis, node);
    if (client && !isTakenCareOf(analysis, releases, client)) found.push(client);
    // `hosts.map((host) => new Pool({ host }))`
    for (const fn of client ? [] : functionsRunBy(analysis, node)) {
      walk(fn, (inner) => {
        visit(inner);
        return !isFunctionNode(inner);
      });
    }
  };
  walkModule(file, visit);
  return found;
}

/** Returns the functions among a call's arguments that it runs before it returns. */
function functionsRunBy(analysis: Analysis, call: CallOrNew): ts.Expression[] {
  const given = (call.arguments ?? []).filter((_, index) => callsAtOnce(analysis, call, index));
  return [call.expression, ...given].map(bare).filter((node) => isFunctionNode(node));
}

function clientOf(analysis: Analysis, call: CallOrNew): OpenClient | undefined {
  const type = analysis.checker.getTypeAtLocation(call);
  const closing = closingMethodOf(analysis, type);
  if (closing === undefined || isApp(analysis, type, call) || givesItsReceiver(analysis, call))
    return undefined;
  const opened = analysis.checker.getAwaitedType(type) ?? type;
  return {
    node: holderOf(call),
    call,
    type: opened.symbol?.name ?? analysis.checker.typeToString(opened),
    closing,
    takesWork: takesWork.test(opened.symbol?.name ?? ''),
  };
}

// A web framework's app needs closing only once it listens; that is reported where it begins to listen.
function isApp(analysis: Analysis, type: ts.Type, call: CallOrNew): boolean {
  const [first] = call.arguments ?? [];
  const opensPort =
    first !== undefined && (analysis.checker.getTypeAtLocation(first).flags & ts.TypeFlags.NumberLike) !== 0;
  const has = (name: string): boolean => analysis.checker.getPropertyOfType(type, name) !== undefined;
  return !opensPort && has('listen') && (has('route') || has('inject'));
}

// In `client.on('error', …)` and `await client.connect()`, the expression that creates the client is checked separately. An
// instance that a package itself holds is not created here, but `mongoose.connect()` opens it.
function givesItsReceiver(analysis: Analysis, call: CallOrNew): boolean {
  const { expression } = call;
  if (!ts.isCallExpression(call) || !isAccess(expression)) return false;
  const receiver = bare(expression.expression);
  const isMadeHere =
    ts.isCallExpression(receiver) ||
    ts.isNewExpression(receiver) ||
    analysis.references
      .declarationsOf(receiver)
      .some((declaration) => analysis.references.isOwn(declaration));
  const { checker } = analysis;
  const given = checker.getTypeAtLocation(call);
  if (!isMadeHere && isPromise(analysis, given)) return false;
  const { symbol } = checker.getAwaitedType(given) ?? given;
  return symbol !== undefined && symbol === checker.getTypeAtLocation(receiver).symbol;
}

function isTakenCareOf(analysis: Analysis, releases: Releases, { call, node }: OpenClient): boolean {
  if (isUsing(call) || isGivenToHttp(analysis, call) || isAdaptedMaking(analysis, call)) return true;
  const { parent: holder } = node;
  const isHeld = holder && ts.isVariableDeclaration(holder);
  const names = !isHeld ? [] : ts.isIdentifier(holder.name) ? [holder] : bindingsOf(holder.name);
  const uses = names.flatMap((name) => valueUses(analysis, name));
  const isPart = isHeld && holder.initializer !== wrapped(call);
  return uses.some(
    (use) =>
      isGivenToHttp(analysis, use) ||
      isClosed(analysis, releases, use) ||
      // `clients.main.quit()`, `shards.map((shard) => shard.end())`
      (isPart && releases.isFreeCode(use)),
  );
}

// Recognises `pool.end()` in `onFree` or at module level, and `closeAll(pool)` in `onFree`.
function isClosed(analysis: Analysis, releases: Releases, use: ts.Expression): boolean {
  const { parent } = wrapped(use);
  if (!isAccess(parent)) return ts.isCallExpression(parent) && releases.isFreeCode(use);
  const isClosing = callOf(parent) !== undefined && isClosingName(accessedName(parent) ?? '');
  return isClosing && (releases.isFreeCode(use) || !runsLater(analysis, use));
}

/** Returns whether an expression is part of an app that `definePlugin({ http })` serves. */
function isGivenToHttp(analysis: Analysis, expression: ts.Expression): boolean {
  for (let node: ts.Node = expression; node; node = node.parent) {
    if (ts.isObjectLiteralElementLike(node) && node.name?.getText() === 'http' && isHook(analysis, node))
      return true;
  }
  return false;
}
