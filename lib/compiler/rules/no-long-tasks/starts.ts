import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow } from '../analysis/data-flow.js';
import { platformBases } from '../analysis/types.js';
import { valueUses } from '../analysis/uses.js';
import { isOfPlatform, platformCallee, platformName } from '../analysis/origin.js';
import { accessedName, bare, callOf, isAccess, memberNameOf, type CallOrNew } from '../analysis/syntax.js';
import { listens, subscriptionsIn } from './subscriptions.js';

/** Work that goes on after the call that began it. */
export type Work =
  | 'interval'
  | 'timer'
  | 'microtask'
  | 'server'
  | 'watcher'
  | 'worker'
  | 'child process'
  | 'process listener'
  | 'subscription';

/** A place that begins such work. */
export interface Start {
  readonly work: Work;
  readonly call: CallOrNew;
  /** Object whose stop ends the work, if that is not the result of the call. */
  readonly subject: ts.Expression | undefined;
}

/** Returns every place of a plugin that begins work, through any alias. */
export function startsOf(analysis: Analysis): Start[] {
  const found = new Map<ts.Node, Start>();
  const add = (start: Start): void => {
    if (!found.has(start.call)) found.set(start.call, start);
  };
  for (const [declaration] of analysis.references.external()) {
    const name = platformName(analysis, declaration) ?? '';
    const [, work] = functions.find(([pattern]) => pattern.test(name)) ?? [];
    if (work) for (const call of callsOf(analysis, declaration)) add({ work, call, subject: undefined });
  }
  for (const call of analysis.nodes.of<ts.CallExpression>(ts.SyntaxKind.CallExpression)) {
    const start = startBySubject(analysis, call);
    if (start) add(start);
  }
  for (const file of analysis.files) {
    const subscriptions = analysis.memory.recall('subscriptions', file, () =>
      subscriptionsIn(analysis, file),
    );
    for (const subscription of subscriptions) add({ work: 'subscription', ...subscription });
  }
  return [...found.values()];
}

const functions: readonly (readonly [pattern: RegExp, work: Work])[] = [
  [/^(timers\.)?setInterval$/, 'interval'],
  [/^(timers\.)?set(Timeout|Immediate)$/, 'timer'],
  [/^queueMicrotask$|^(NodeJS|process)\.Process\.nextTick$/, 'microtask'],
  [/^child_process\.(spawn|exec|execFile|fork)$|^cluster\.Cluster\.fork$/, 'child process'],
  [/^worker_threads\.Worker$|^Worker$/, 'worker'],
  [/^fs\.(watch|watchFile)$/, 'watcher'],
  [/(^|\.)Process\.(on|once|addListener|prependListener|prependOnceListener)$/, 'process listener'],
  [/^(net\.Server\.listen|dgram\.Socket\.bind)$/, 'server'],
];

/** Returns the calls of a platform function under any name, including `f.call(…)` and `f.apply(…)`. */
function callsOf(analysis: Analysis, declaration: ts.Node): CallOrNew[] {
  const found: CallOrNew[] = [];
  const uses = [...valueUses(analysis, declaration), ...bindingUses(analysis, declaration)];
  follow(analysis, uses, 'itself', ({ node }) => {
    const { parent } = node;
    const isBorrowed =
      isAccess(parent) && parent.expression === node && /^(call|apply)$/.test(accessedName(parent) ?? '');
    const call = callOf(isBorrowed ? parent : node) ?? reflectedCall(analysis, node);
    if (call) found.push(call);
  });
  return found;
}

// `Reflect.apply(setInterval, undefined, […])`
function reflectedCall(analysis: Analysis, node: ts.Expression): ts.CallExpression | undefined {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return undefined;
  return platformCallee(analysis, parent.expression) === 'Reflect.apply' ? parent : undefined;
}

// `const { setInterval: every } = globalThis`
function bindingUses(analysis: Analysis, declaration: ts.Node): ts.Expression[] {
  return analysis.references.usesOf(declaration).flatMap((use) => {
    const element = use.parent;
    return ts.isBindingElement(element) && element.initializer !== use ? valueUses(analysis, element) : [];
  });
}

// Returns work that no declaration of the platform identifies: a framework's server, a package's watcher, `process` as an emitter.
function startBySubject(analysis: Analysis, call: ts.CallExpression): Start | undefined {
  const callee = call.expression;
  if (isOfChokidar(analysis, callee)) return { work: 'watcher', call, subject: undefined };
  if (!isAccess(callee)) return undefined;
  const subject = callee.expression;
  const name = accessedName(callee) ?? '';
  if (listens.test(name) && isOfHost(analysis, subject)) {
    return { work: 'process listener', call, subject: undefined };
  }
  if (name !== 'listen' || !isForeign(analysis, callee)) return undefined;
  return givesServer(analysis, call) || opensPort(analysis, call)
    ? { work: 'server', call, subject }
    : undefined;
}

function isOfChokidar(analysis: Analysis, callee: ts.Expression): boolean {
  return declarationsOf(analysis, callee).some(
    (declaration) =>
      /\/node_modules\/chokidar\//.test(declaration.getSourceFile().fileName) &&
      ts.getNameOfDeclaration(declaration as ts.Declaration)?.getText() === 'watch',
  );
}

function isForeign(analysis: Analysis, callee: ts.Expression): boolean {
  const declarations = declarationsOf(analysis, callee);
  return (
    declarations.length > 0 && !declarations.some((declaration) => analysis.references.isOwn(declaration))
  );
}

function declarationsOf(analysis: Analysis, callee: ts.Expression): readonly ts.Node[] {
  return analysis.references.declarationsOf(ts.isPropertyAccessExpression(callee) ? callee.name : callee);
}

// A framework's `app.listen()` returns the server it starts.
function givesServer(analysis: Analysis, call: CallOrNew): boolean {
  return platformBases(analysis, analysis.checker.getTypeAtLocation(call)).includes('Server');
}

// `await app.listen({ port: 3000 })`, `await app.listen(process.env.PORT ?? 3000)`
function opensPort(analysis: Analysis, { arguments: [first] }: ts.CallExpression): boolean {
  const type = first && analysis.checker.getTypeAtLocation(first);
  const parts = type?.isUnion() ? type.types : type ? [type] : [];
  return parts.some(
    (part) =>
      (part.flags & ts.TypeFlags.NumberLike) !== 0 ||
      analysis.checker.getPropertyOfType(part, 'port') !== undefined,
  );
}

/** Returns whether an object is shared by the whole thread: `process`, its standard streams, the thread's own port. */
function isOfHost(analysis: Analysis, subject: ts.Expression): boolean {
  const node = bare(subject);
  if (isProcess(analysis, node)) return true;
  if (isAccess(node) && /^std(in|out|err)$/.test(accessedName(node) ?? ''))
    return isProcess(analysis, node.expression);
  return analysis.references
    .declarationsOf(memberNameOf(node))
    .some((declaration) => platformName(analysis, declaration) === 'worker_threads.parentPort');
}

/** Returns whether an expression is Node's `process`. */
export function isProcess(analysis: Analysis, node: ts.Expression): boolean {
  const { symbol } = analysis.checker.getTypeAtLocation(node);
  const declaration = symbol?.declarations?.[0];
  return symbol?.name === 'Process' && declaration !== undefined && isOfPlatform(analysis, declaration);
}
