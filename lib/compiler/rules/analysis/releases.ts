import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { follow, followDeclared } from './data-flow.js';
import { isDisposal } from './disposal.js';
import { functionsBehind, initializerOf, nameOfFunction } from './functions.js';
import { runningSite, runsLater, runsWithin } from './escape.js';
import { platformCallee } from './origin.js';
import { hooksNamed, pluginApiUses, reachedFrom } from './plugin-context.js';
import { closedResources } from './resources.js';
import { isEndOfSameStream } from './stream-ends.js';
import {
  accessedName,
  bare,
  callOf,
  enclosingFunction,
  isAccess,
  isFunctionNode,
  isWithin,
  walk,
  wrapped,
  type FunctionNode,
  type LaterCode,
  type CallOrNew,
} from './syntax.js';
import { isController, isSignal } from './types.js';

const known = new WeakMap<Analysis, Releases>();

/** Returns the releases of a plugin, which several rules ask for. */
export function releasesOf(analysis: Analysis): Releases {
  const releases = known.get(analysis) ?? new Releases(analysis);
  known.set(analysis, releases);
  return releases;
}

/** Knows where a plugin ends work that it began: in `onFree`, when a signal is aborted, or before a call ends. */
export class Releases {
  readonly #analysis: Analysis;
  #freeCode: ReadonlySet<FunctionNode>;
  readonly #waits: ReadonlySet<ts.Node>;
  readonly #opening: ReadonlySet<FunctionNode>;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    const { open, close } = closedResources(analysis);
    const hooks = [...hooksNamed(analysis, 'onFree'), ...hooksNamed(analysis, 'onYield'), ...close];
    this.#freeCode = reachedFrom(analysis, hooks);
    this.#freeCode = reachedFrom(analysis, [...hooks, ...this.#abortListeners()]);
    this.#waits = new Set(waitUntilCalls(analysis));
    this.#opening = reachedFrom(analysis, open);
  }

  /** Returns whether the code at `node` runs when the version is freed, or when its signal is aborted. */
  isFreeCode(node: ts.Node): boolean {
    for (let fn = enclosingFunction(node); fn; fn = enclosingFunction(fn)) {
      if (!isFunctionNode(fn)) continue;
      if (this.#freeCode.has(fn) || this.#isCalledInFreeCode(fn)) return true;
    }
    return false;
  }

  /** Returns whether the code at `node` opens a resource that is closed with the version. */
  opensResource(node: ts.Node): boolean {
    for (let fn = enclosingFunction(node); fn; fn = enclosingFunction(fn)) {
      if (isFunctionNode(fn) && this.#opening.has(fn)) return true;
    }
    return false;
  }

  /** Returns whether `node`, which ends the work begun at `start`, runs before the call ends, on abort, or in `onFree`. */
  isTimely(node: ts.Node, start: ts.Node): boolean {
    if (this.isFreeCode(node)) return true;
    if (isDisposal(this.#analysis, node) || isEndOfSameStream(node, start)) return true;
    let fn = enclosingFunction(start);
    while (fn) {
      if (isWithin(node, fn) && this.#isBeforeEnd(node, fn)) return true;
      // The code around an executor or a callback may end work that was begun inside it.
      const site = runningSite(this.#analysis, fn);
      if (!site) return false;
      fn = enclosingFunction(site);
    }
    return !runsLater(this.#analysis, node);
  }

  /** Returns whether an argument of the call is `{ signal }` with a signal that will be aborted. */
  isBoundToSignal(call: CallOrNew): boolean {
    return (call.arguments ?? []).some((argument) => this.#hasLiveSignal(bare(argument)));
  }

  /** Returns whether a signal can be aborted from outside, or by code that is called in time. */
  isLiveSignal(signal: ts.Expression): boolean {
    const node = bare(signal);
    if (!isSignal(this.#analysis, node)) return false;
    if (ts.isPropertyAccessExpression(node)) {
      return !isController(this.#analysis, node.expression) || this.#isAborted(node.expression);
    }
    const [declaration] = this.#analysis.references.declarationsOf(node);
    if (declaration && ts.isBindingElement(declaration)) {
      const source = declaration.parent.parent.initializer;
      return !source || !isController(this.#analysis, source) || this.#isAborted(source);
    }
    const value = declaration && initializerOf(declaration);
    return !value || this.isLiveSignal(value);
  }

  /** Returns whether `node` is part of work that a version awaits: an argument of `context.waitUntil`. */
  isWaitedFor(node: ts.Node): boolean {
    for (let outer = node; outer; outer = outer.parent) if (this.#waits.has(outer)) return true;
    return false;
  }

  // A callback of `finally` runs before the code that awaits the promise goes on.
  #isBeforeEnd(node: ts.Node, fn: LaterCode): boolean {
    if (runsWithin(this.#analysis, node, fn)) return true;
    const around = enclosingFunction(node);
    const settling = around && ts.isExpression(around) ? wrapped(around).parent : undefined;
    if (!settling || !ts.isCallExpression(settling)) return false;
    const isHandler = /^Promise\.(then|catch|finally)$/.test(
      platformCallee(this.#analysis, settling.expression) ?? '',
    );
    return isHandler && this.#isBeforeEnd(settling, fn);
  }

  #hasLiveSignal(options: ts.Expression): boolean {
    if (ts.isIdentifier(options)) {
      const [declaration] = this.#analysis.references.declarationsOf(options);
      const value = declaration && initializerOf(declaration);
      return (
        value !== undefined && ts.isObjectLiteralExpression(bare(value)) && this.#hasLiveSignal(bare(value))
      );
    }
    if (!ts.isObjectLiteralExpression(options)) return false;
    let isFound = false;
    walk(options, (node) => {
      if (ts.isShorthandPropertyAssignment(node) && node.name.text === 'signal') {
        isFound ||= this.isLiveSignal(node.name);
      } else if (ts.isPropertyAssignment(node) && node.name.getText() === 'signal') {
        isFound ||= this.isLiveSignal(node.initializer);
      }
      return !isFunctionNode(node);
    });
    return isFound;
  }

  #isAborted(controller: ts.Expression): boolean {
    const [declaration] = this.#analysis.references.declarationsOf(nameIn(bare(controller)));
    // A signal from elsewhere is aborted elsewhere.
    if (!declaration || ts.isParameter(declaration)) return true;
    let isAborted = false;
    const start = initializerOf(declaration) ?? declaration;
    followDeclared(this.#analysis, declaration, 'itself', ({ node }) => {
      const { parent } = node;
      if (isAccess(parent) && accessedName(parent) === 'abort') isAborted ||= this.isTimely(parent, start);
    });
    return isAborted;
  }

  #isCalledInFreeCode(fn: FunctionNode): boolean {
    let isCalled = false;
    const see = ({ node }: { node: ts.Expression }): void => {
      const call = callOf(node);
      const around = call && enclosingFunction(call);
      if (around && isFunctionNode(around) && this.#isIn(around)) isCalled = true;
    };
    const name = nameOfFunction(fn);
    if (name) followDeclared(this.#analysis, name, 'itself', see);
    if (ts.isFunctionExpression(fn) || ts.isArrowFunction(fn)) follow(this.#analysis, [fn], 'itself', see);
    return isCalled;
  }

  #isIn(fn: ts.Node): boolean {
    for (let outer: ts.Node | undefined = fn; outer; outer = enclosingFunction(outer)) {
      if (isFunctionNode(outer) && this.#freeCode.has(outer)) return true;
    }
    return false;
  }

  // `signal.addEventListener('abort', () => …)`, `addAbortListener(signal, () => …)`, `signal.onabort = () => …`
  #abortListeners(): FunctionNode[] {
    return this.#analysis.nodes
      .of<ts.CallExpression | ts.BinaryExpression>(
        ts.SyntaxKind.CallExpression,
        ts.SyntaxKind.BinaryExpression,
      )
      .flatMap((node) => this.#abortListener(node) ?? [])
      .flatMap((listener) => functionsBehind(this.#analysis, listener));
  }

  #abortListener(node: ts.CallExpression | ts.BinaryExpression): ts.Expression | undefined {
    if (ts.isBinaryExpression(node)) {
      const isListener = isAccess(node.left) && accessedName(node.left) === 'onabort';
      return isListener && this.isLiveSignal(node.left.expression) ? node.right : undefined;
    }
    const [first, second] = node.arguments;
    const { expression } = node;
    if (!first || !second) return undefined;
    const isAdded = isAccess(expression) && accessedName(expression) === 'addEventListener';
    if (isAdded) return this.isLiveSignal(expression.expression) ? second : undefined;
    const isAddedTo = platformCallee(this.#analysis, expression)?.endsWith('addAbortListener');
    return isAddedTo && this.isLiveSignal(first) ? second : undefined;
  }
}

function waitUntilCalls(analysis: Analysis): ts.Node[] {
  return pluginApiUses(analysis, 'context').flatMap((use) => {
    const { parent } = wrapped(use);
    const isCallee = isAccess(parent) && accessedName(parent) === 'waitUntil';
    return isCallee ? (callOf(parent) ?? []) : [];
  });
}

function nameIn(node: ts.Expression): ts.Node {
  return ts.isPropertyAccessExpression(node) ? node.name : node;
}
