import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow, followDeclared, type Sight } from '../analysis/flow.js';
import { functionsBehind } from '../analysis/functions.js';
import { platformCallee } from '../analysis/origin.js';
import {
  accessedName,
  bare,
  callOf,
  enclosingFunction,
  isAccess,
  isFunctionNode,
  walk,
  wrapped,
  type FunctionNode,
} from '../analysis/syntax.js';
import { isSignal, type Releases } from './release.js';
import { isProcess, startsOf, type Start } from './starts.js';

/** Work that nothing ends. */
export interface LongWork extends Start {
  /** A timer whose callback sets it again. */
  readonly isRearmed: boolean;
}

/** The work of a plugin that outlives the call that began it, and that nothing ends in time. */
export function longWork(analysis: Analysis, releases: Releases): LongWork[] {
  const starts = startsOf(analysis);
  const subjects = new Set(
    starts.filter((start) => start.work !== 'subscription').flatMap((start) => originsOf(analysis, start)),
  );
  const found = starts
    .map((start) => ({ ...start, isRearmed: isRearmed(analysis, start) }))
    .filter((start) => !isEnded(analysis, releases, start, subjects));
  const rearmed = found.filter((start) => start.isRearmed);
  return found.filter(
    (start) => start.isRearmed || !rearmed.some(({ call }) => isFirstOf(analysis, start, call)),
  );
}

/** Whether `start` is the timer that leads to another which sets itself again: one cause. */
function isFirstOf(analysis: Analysis, { work, call: first }: Start, call: ts.Node): boolean {
  const [callback] = first.arguments ?? [];
  if (!callback || (work !== 'timer' && work !== 'microtask')) return false;
  return functionsBehind(analysis, callback).some((fn) => reaches(analysis, fn, call, new Set()));
}

function isEnded(
  analysis: Analysis,
  releases: Releases,
  start: LongWork,
  subjects: ReadonlySet<ts.Node>,
): boolean {
  const { call, work } = start;
  if (releases.isWaitedFor(call) || releases.isBoundToSignal(call) || isUsing(call)) return true;
  if (work === 'microtask') return !start.isRearmed || asksForSignal(analysis, start);
  if (work === 'timer' && isHarmlessTimer(analysis, releases, start)) return true;
  if (work === 'process listener') return handlesCrash(call) || isUnlistened(analysis, releases, start);
  if (work === 'subscription') {
    const isOfSignal = start.subject !== undefined && isSignal(analysis, start.subject);
    // What is said of a server or a child process covers those who listen to it.
    if (isOfSignal || originsOf(analysis, start).some((origin) => subjects.has(origin))) return true;
    if (isUnlistened(analysis, releases, start)) return true;
  }
  if (
    work === 'child process' &&
    isInExecutor(analysis, call) &&
    call.arguments?.some((argument) => isFunctionNode(bare(argument)))
  )
    return true;
  if (work === 'watcher' && isUnwatched(analysis, releases)) return true;
  return isLetGo(analysis, releases, start);
}

// One finding for a cause: `no-process-control` says it.
function handlesCrash(call: ts.CallExpression | ts.NewExpression): boolean {
  const [event] = call.arguments ?? [];
  return (
    event !== undefined &&
    ts.isStringLiteralLike(event) &&
    /^(uncaughtException|unhandledRejection)$/.test(event.text)
  );
}

/** A timer whose callback sets the same timer again. */
function isRearmed(analysis: Analysis, { work, call }: Start): boolean {
  const [callback] = call.arguments ?? [];
  if (!callback || (work !== 'timer' && work !== 'microtask')) return false;
  return functionsBehind(analysis, callback).some((fn) => reaches(analysis, fn, call, new Set()));
}

function reaches(analysis: Analysis, fn: FunctionNode, call: ts.Node, seen: Set<ts.Node>): boolean {
  if (seen.has(fn) || !fn.body) return false;
  seen.add(fn);
  let found = false;
  walk(fn, (node) => {
    if (node === call) found = true;
    else if (!found && ts.isCallExpression(node)) {
      found = functionsBehind(analysis, node.expression).some((next) => reaches(analysis, next, call, seen));
    }
    return !found;
  });
  return found;
}

function isHarmlessTimer(analysis: Analysis, releases: Releases, start: LongWork): boolean {
  const { call } = start;
  if (isInExecutor(analysis, call) || releases.isFreeCode(call)) return true;
  if (start.isRearmed) return asksForSignal(analysis, start);
  return isUnreferenced(call) || settlesOrAborts(analysis, call.arguments?.[0]) || isCleared(analysis, call);
}

/** Whether the code that sets a timer again asks a signal first. */
function asksForSignal(analysis: Analysis, { call }: Start): boolean {
  const asked = (around: ts.Node): boolean => {
    let found = false;
    walk(around, (node) => {
      const isAsked = isAccess(node) && /^(aborted|throwIfAborted)$/.test(accessedName(node) ?? '');
      if (isAsked && isSignal(analysis, node.expression)) found = true;
      return !found;
    });
    return found;
  };
  for (let fn = enclosingFunction(call); fn; fn = enclosingFunction(fn)) if (asked(fn)) return true;
  return false;
}

// The promise around it says how long it takes; whether somebody waits for it is another question.
function isInExecutor(analysis: Analysis, node: ts.Node): boolean {
  for (let fn = enclosingFunction(node); fn; fn = enclosingFunction(fn)) {
    const parent = ts.isExpression(fn) ? wrapped(fn).parent : undefined;
    if (
      parent &&
      ts.isNewExpression(parent) &&
      analysis.checker.getTypeAtLocation(parent).symbol?.name === 'Promise'
    )
      return true;
  }
  return false;
}

function isUnreferenced(call: ts.Expression): boolean {
  const { parent } = wrapped(call);
  return isAccess(parent) && accessedName(parent) === 'unref';
}

/** Whether a callback only settles a promise or aborts something. */
function settlesOrAborts(analysis: Analysis, callback: ts.Expression | undefined): boolean {
  if (!callback) return false;
  const node = bare(callback);
  if (!isFunctionNode(node)) return isSettler(analysis, node);
  const body = node.body && ts.isBlock(node.body) ? node.body.statements : [];
  const [only] = body;
  const done =
    node.body && !ts.isBlock(node.body)
      ? node.body
      : body.length === 1 && only && ts.isExpressionStatement(only)
        ? only.expression
        : undefined;
  const call = done && bare(done);
  return call !== undefined && ts.isCallExpression(call) && isSettler(analysis, call.expression);
}

function isSettler(analysis: Analysis, callee: ts.Expression): boolean {
  if (isAccess(callee)) {
    const type = analysis.checker.getTypeAtLocation(callee.expression).symbol?.name ?? '';
    return type === 'AbortController' || type === 'PromiseWithResolvers';
  }
  return analysis.references.declarationsOf(callee).some((declaration) => {
    const pattern = ts.isBindingElement(declaration) ? declaration.parent : undefined;
    return (
      pattern !== undefined &&
      analysis.checker.getTypeAtLocation(pattern).symbol?.name === 'PromiseWithResolvers'
    );
  });
}

function isCleared(analysis: Analysis, call: ts.CallExpression | ts.NewExpression): boolean {
  const [callback] = call.arguments ?? [];
  let isFound = false;
  follow(analysis, [call], 'itself', ({ node }) => {
    const end = endAt(analysis, node);
    if (end && !(callback && end.pos >= callback.pos && end.end <= callback.end)) isFound = true;
    if (isUnreferenced(node)) isFound = true;
  });
  return isFound;
}

function isUsing(call: ts.Expression): boolean {
  const { parent } = wrapped(call);
  return ts.isVariableDeclaration(parent) && (ts.getCombinedNodeFlags(parent) & ts.NodeFlags.Using) !== 0;
}

/** Whether what the work gives, or is begun on, is stopped in time. */
function isLetGo(analysis: Analysis, releases: Releases, start: LongWork): boolean {
  const { call } = start;
  let isFound = false;
  const see = ({ node }: Sight): void => {
    const end = endAt(analysis, node);
    if (end && (releases.isTimely(end, call) || isEndInExecutor(analysis, end, call))) isFound = true;
    if (isAwaited(analysis, releases, node, start)) isFound = true;
  };
  follow(analysis, [call], 'itself', see);
  for (const origin of originsOf(analysis, start)) followDeclared(analysis, origin, 'itself', see);
  return isFound;
}

function isEndInExecutor(analysis: Analysis, end: ts.Node, call: ts.Node): boolean {
  const fn = enclosingFunction(call);
  return (
    fn !== undefined &&
    isInExecutor(analysis, call) &&
    end.getSourceFile() === fn.getSourceFile() &&
    end.pos >= fn.pos &&
    end.end <= fn.end
  );
}

/** The call that ends what `node` is the handle of, if it stands in one. */
function endAt(analysis: Analysis, node: ts.Expression): ts.Node | undefined {
  const { parent } = node;
  if (ts.isCallExpression(parent) && parent.arguments.includes(node)) {
    return ends.test(platformCallee(analysis, parent.expression) ?? '') ? parent : undefined;
  }
  if (ts.isElementAccessExpression(parent) && parent.expression === node) {
    return /^Symbol\.(asyncDispose|dispose)$/.test(parent.argumentExpression.getText()) ? parent : undefined;
  }
  if (!isAccess(parent) || parent.expression !== node) {
    const call = callOf(node);
    // A function that stops what it was given back for: `const stop = watch(…)`.
    return call && call.arguments?.length === 0 ? call : undefined;
  }
  return endMethods.test(accessedName(parent) ?? '') ? parent : undefined;
}

const ends = /^(timers\.)?clear(Timeout|Interval|Immediate)$/;
const endMethods =
  /^(close|closeAllConnections|kill|terminate|disconnect|unsubscribe|destroy|abort|stop|off|removeListener|removeAllListeners|cancel|dispose|return|end)$/;

/** Whether the end of a thread or child process is waited for where it is begun. */
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
      ts.isAwaitExpression(outer) ||
      ts.isReturnStatement(outer) ||
      (ts.isNewExpression(outer) && analysis.checker.getTypeAtLocation(outer).symbol?.name === 'Promise');
    if (isWaiting && outer !== node && isOfEnd) return true;
  }
  return isOfEnd && isInExecutor(analysis, call);
}

/** The names of what the work is begun on: `server` of `server.listen()`. */
function originsOf(analysis: Analysis, { call, subject, work }: Start): readonly ts.Node[] {
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

/** Whether a listener is taken off in time, from the same emitter. */
function isUnlistened(analysis: Analysis, releases: Releases, { call }: Start): boolean {
  const callee = call.expression;
  if (!isAccess(callee)) return false;
  const emitter = callee.expression;
  const origins = new Set(namesOf(analysis, emitter));
  return callsNamed(analysis, /^(off|removeListener|removeAllListeners|removeEventListener)$/).some(
    ({ receiver, node }) => {
      const isSame = isProcess(analysis, emitter)
        ? isProcess(analysis, receiver)
        : namesOf(analysis, receiver).some((origin) => origins.has(origin));
      return isSame && releases.isTimely(node, call);
    },
  );
}

function callsNamed(analysis: Analysis, names: RegExp): { receiver: ts.Expression; node: ts.Node }[] {
  const found: { receiver: ts.Expression; node: ts.Node }[] = [];
  for (const file of analysis.files) {
    walk(file, (node) => {
      if (
        ts.isCallExpression(node) &&
        isAccess(node.expression) &&
        names.test(accessedName(node.expression) ?? '')
      ) {
        found.push({ receiver: node.expression.expression, node });
      }
    });
  }
  return found;
}

// `unwatchFile` names the file, not the watcher.
function isUnwatched(analysis: Analysis, releases: Releases): boolean {
  let isFound = false;
  for (const file of analysis.files) {
    walk(file, (node) => {
      if (ts.isCallExpression(node) && platformCallee(analysis, node.expression) === 'fs.unwatchFile') {
        isFound ||= releases.isFreeCode(node);
      }
    });
  }
  return isFound;
}
