import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow, followDeclared, type Sight } from '../analysis/data-flow.js';
import { isGivenToStack } from '../analysis/disposal.js';
import { platformCallee } from '../analysis/origin.js';
import {
  accessedName,
  bare,
  callOf,
  enclosingFunction,
  isAccess,
  isWithin,
  wrapped,
} from '../analysis/syntax.js';
import { isInExecutor, isNewPromise } from './promise-executor.js';
import type { Releases } from '../analysis/releases.js';
import { isProcess, type Start, type Work } from './starts.js';
import { clearingCall } from './timers.js';

/** Returns whether work is stopped in time, through the result of the call that begins it or through its subject. */
export function isLetGo(analysis: Analysis, releases: Releases, start: Start): boolean {
  const { call } = start;
  let isFound = false;
  const see = ({ node }: Sight): void => {
    const end = endAt(analysis, node, start.work);
    if (end && (releases.isTimely(end, call) || isEndInExecutor(analysis, end, call))) isFound = true;
    if (isAwaited(analysis, releases, node, start) || isGivenToStack(analysis, node)) isFound = true;
  };
  follow(analysis, [call], 'itself', see);
  for (const origin of originsOf(analysis, start)) followDeclared(analysis, origin, 'itself', see);
  return isFound;
}

function isEndInExecutor(analysis: Analysis, end: ts.Node, call: ts.Node): boolean {
  const fn = enclosingFunction(call);
  return fn !== undefined && isInExecutor(analysis, call) && isWithin(end, fn);
}

/** Returns the node that ends the work whose handle is `node`, if that happens at this place. */
function endAt(analysis: Analysis, node: ts.Expression, work: Work): ts.Node | undefined {
  const { parent } = node;
  if (isAccess(parent) && parent.expression === node)
    return endMethods[work].test(endName(parent)) ? parent : undefined;
  // A subscription may return the function that ends it: `const stop = source.subscribe(…)`.
  return clearingCall(analysis, node) ?? (work === 'subscription' ? callOf(node) : undefined);
}

function endName(access: ts.PropertyAccessExpression | ts.ElementAccessExpression): string {
  return (
    accessedName(access) ?? (ts.isElementAccessExpression(access) ? access.argumentExpression.getText() : '')
  );
}

const disposal = 'Symbol\\.dispose|Symbol\\.asyncDispose|dispose';
const endMethods: Readonly<Record<Work, RegExp>> = {
  interval: new RegExp(`^(close|${disposal})$`),
  timer: new RegExp(`^(close|${disposal})$`),
  microtask: /^$/,
  server: new RegExp(`^(close|destroy|stop|${disposal})$`),
  watcher: new RegExp(`^(close|${disposal})$`),
  worker: new RegExp(`^(terminate|${disposal})$`),
  'child process': new RegExp(`^(kill|disconnect|${disposal})$`),
  'process listener': /^(off|removeListener|removeAllListeners)$/,
  subscription: new RegExp(
    `^(off|removeListener|removeAllListeners|removeEventListener|unsubscribe|close|destroy|${disposal})$`,
  ),
};

/** Returns whether the end of a thread or child process is awaited where it is started. */
function isAwaited(
  analysis: Analysis,
  releases: Releases,
  node: ts.Expression,
  { work, call }: Start,
): boolean {
  if (work !== 'child process' && work !== 'worker') return false;
  if (releases.isWaitedFor(node)) return true;
  const scope = enclosingFunction(call);
  const events = work === 'worker' ? /^exit$/ : /^(exit|close|message|end)$/;
  let isOfEnd =
    work === 'child process' &&
    isAccess(node.parent) &&
    /^(stdout|stderr)$/.test(accessedName(node.parent) ?? '');
  for (let outer: ts.Node = node; outer && outer !== scope; outer = outer.parent) {
    if (ts.isCallExpression(outer)) {
      isOfEnd ||= outer.arguments.some(
        (argument) => ts.isStringLiteralLike(argument) && events.test(argument.text),
      );
    }
    if (ts.isForOfStatement(outer)) return outer.awaitModifier !== undefined && isOfEnd;
    const isWaiting =
      ts.isAwaitExpression(outer) || ts.isReturnStatement(outer) || isNewPromise(analysis, outer);
    if (isWaiting && outer !== node && isOfEnd) return true;
  }
  return isOfEnd && isInExecutor(analysis, call);
}

/** Returns the names of the object that the work belongs to: `server` in `server.listen()`. */
export function originsOf(analysis: Analysis, { call, subject, work }: Start): readonly ts.Node[] {
  const target =
    subject ?? (work === 'server' && isAccess(call.expression) ? call.expression.expression : undefined);
  if (target) return namesOf(analysis, target);
  const { parent } = wrapped(call);
  return ts.isVariableDeclaration(parent) ? [parent] : [];
}

function namesOf(analysis: Analysis, target: ts.Expression): readonly ts.Node[] {
  let node = bare(target);
  const own = (name: ts.Node): readonly ts.Node[] =>
    analysis.references.declarationsOf(name).filter((declaration) => analysis.references.isOwn(declaration));
  while (ts.isCallExpression(node) && isAccess(node.expression)) node = bare(node.expression.expression);
  while (ts.isPropertyAccessExpression(node)) {
    const declared = own(node.name);
    if (declared.length > 0) return declared;
    node = bare(node.expression);
  }
  return own(node);
}

/** Returns whether a listener is removed in time, from the same emitter. */
export function isUnlistened(analysis: Analysis, releases: Releases, { call }: Start): boolean {
  const callee = call.expression;
  if (!isAccess(callee)) return false;
  const emitter = callee.expression;
  const origins = new Set(namesOf(analysis, emitter));
  return callsNamed(analysis, /^(off|removeListener|removeAllListeners|removeEventListener)$/).some(
    ({ receiver, node }) => {
      const isSame = isProcess(analysis, emitter)
        ? isProcess(analysis, receiver)
        : receiver.getText() === emitter.getText() ||
          namesOf(analysis, receiver).some((origin) => origins.has(origin));
      return isSame && releases.isTimely(node, call);
    },
  );
}

function callsNamed(analysis: Analysis, names: RegExp): { receiver: ts.Expression; node: ts.Node }[] {
  return analysis.nodes.of<ts.CallExpression>(ts.SyntaxKind.CallExpression).flatMap((node) => {
    const callee = node.expression;
    const isNamed = isAccess(callee) && names.test(accessedName(callee) ?? '');
    return isNamed ? [{ receiver: callee.expression, node }] : [];
  });
}

/** Returns whether `onFree` stops watching a file: `unwatchFile` names the file, not the watcher. */
export function isUnwatched(analysis: Analysis, releases: Releases): boolean {
  return analysis.nodes
    .of<ts.CallExpression>(ts.SyntaxKind.CallExpression)
    .some(
      (node) => platformCallee(analysis, node.expression) === 'fs.unwatchFile' && releases.isFreeCode(node),
    );
}
