import { ts } from 'ts-morph';
import type { Rule } from '../rule.js';
import { stringsOf, unwrap, walk, wrapped } from './analysis/expressions.js';
import { isTransparentAlias, ProcessObject } from './analysis/process-object.js';
import { wrapNode } from './analysis/wrap-node.js';

/** Refuses what ends, moves or masks the process: it belongs to the host. */
export const noProcessControl: Rule = {
  name: 'no-process-control',
  summary: 'refuses to end the process, to move it to another folder, and to handle its uncaught errors',
  check({ files, project }, report) {
    const checker = project.getTypeChecker().compilerObject;
    const process = new ProcessObject(checker);
    for (const file of files) {
      walk(file.compilerNode, (node) => {
        const problem = problemAt(node, process, checker) ?? problemOfArguments(node, process);
        if (problem) report(wrapNode(file, node), problem.problem, problem.remedy);
      });
    }
  },
};

interface Problem {
  readonly problem: string;
  readonly remedy: string;
}

const letTheHostDecide = 'Throw an error, or return a result that lets the host decide.';

const controls: ReadonlyMap<string, Problem> = new Map([
  [
    'exit',
    {
      problem: 'process.exit ends the thread in the middle of every call that it is answering.',
      remedy: letTheHostDecide,
    },
  ],
  [
    'reallyExit',
    {
      problem: 'process.reallyExit ends the thread in the middle of every call that it is answering.',
      remedy: letTheHostDecide,
    },
  ],
  [
    'abort',
    {
      problem: 'process.abort throws in a thread, and kills the host where plugins are linked statically.',
      remedy: letTheHostDecide,
    },
  ],
  [
    'kill',
    {
      problem: 'process.kill signals whole processes, the host among them.',
      remedy: 'Ask the host: through the data bag, its extension, or a result.',
    },
  ],
  [
    'chdir',
    {
      problem: 'process.chdir throws in a thread: the working folder belongs to the host.',
      remedy: 'Resolve paths against a folder that is given to the plugin, with path.resolve.',
    },
  ],
  ['setUncaughtExceptionCaptureCallback', masks('A capture callback for uncaught exceptions')],
]);

const exitCode: Problem = {
  problem: 'Setting process.exitCode decides how the process of the host ends.',
  remedy: letTheHostDecide,
};

const registrations = new Set(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener']);
const events = ['uncaughtException', 'unhandledRejection'];
const guarded = new Set([...controls.keys(), ...registrations, 'exitCode']);

function masks(what: string): Problem {
  return {
    problem: `${what} hides errors that must end the thread: a broken version would serve on.`,
    remedy:
      'Remove it: the thread is replaced, its calls are rejected with the cause, and the host hears of it.',
  };
}

function problemAt(node: ts.Node, process: ProcessObject, checker: ts.TypeChecker): Problem | undefined {
  const member = memberAt(node, process);
  if (member === undefined || !guarded.has(member) || isHarmless(node)) return undefined;
  if (member === 'exitCode') return isWritten(node) ? exitCode : undefined;
  if (!registrations.has(member)) return controls.get(member);
  const event = eventHandled(node, checker);
  return event === undefined ? undefined : masks(`A handler of ${event}`);
}

function memberAt(node: ts.Node, process: ProcessObject): string | undefined {
  if (ts.isIdentifier(node)) return isReference(node) ? process.memberNamed(node) : undefined;
  return (
    process.memberAccessed(node, guarded) ??
    // `tools.quit` of a module that exports `const quit = process.exit`.
    (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)
      ? process.memberNamed(node.name)
      : undefined)
  );
}

/** Whether an identifier stands for a value, rather than naming something or spelling a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  return !(
    ('name' in parent && parent.name === node) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isTypeQueryNode(parent) ||
    ts.isQualifiedName(parent) ||
    ts.isTypeNode(parent)
  );
}

/** Whether nothing can come of it here: it is only asked for its type, or given another name. */
function isHarmless(node: ts.Node): boolean {
  const { parent } = wrapped(node);
  if (ts.isTypeOfExpression(parent)) return true;
  const value = isBind(parent) ? wrapped(parent.parent).parent : parent;
  return isTransparentAlias(value);
}

function isBind(node: ts.Node): node is ts.PropertyAccessExpression {
  return ts.isPropertyAccessExpression(node) && node.name.text === 'bind' && ts.isCallExpression(node.parent);
}

function isWritten(node: ts.Node): boolean {
  const { parent } = wrapped(node);
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  }
  return (
    ts.isBinaryExpression(parent) && parent.left === wrapped(node) && isAssignment(parent.operatorToken.kind)
  );
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

/** The event that a call of `process.on` and its like handles, if it is one that must not be. */
function eventHandled(method: ts.Node, checker: ts.TypeChecker): string | undefined {
  const call = wrapped(method).parent;
  const event =
    ts.isCallExpression(call) && call.expression === wrapped(method) ? call.arguments[0] : undefined;
  return event && stringsOf(event, checker).find((name) => events.includes(name));
}

/**
 * What takes `process` and one of those names at once: `once(process, 'uncaughtException')`, `on.apply(process, ['uncaughtException', f])`,
 * `({ exit } = process)`.
 */
function problemOfArguments(node: ts.Node, process: ProcessObject): Problem | undefined {
  const { names, values } = namesAndValues(node);
  const name = names.find((name) => controls.has(name) || events.includes(name));
  if (name === undefined || !values.some((value) => process.is(value))) return undefined;
  return controls.get(name) ?? masks(`A handler of ${name}`);
}

function namesAndValues(node: ts.Node): { names: string[]; values: readonly ts.Expression[] } {
  if (ts.isCallExpression(node)) {
    const values = node.arguments.map(unwrap);
    const names = values
      .flatMap((value) => (ts.isArrayLiteralExpression(value) ? value.elements : [value]))
      .flatMap((value) => (ts.isStringLiteralLike(value) ? [value.text] : []));
    return { names, values };
  }
  if (!ts.isBinaryExpression(node) || !ts.isObjectLiteralExpression(node.left))
    return { names: [], values: [] };
  const names = node.left.properties.flatMap(({ name }) =>
    name && ts.isIdentifier(name) ? [name.text] : [],
  );
  return { names, values: [node.right] };
}
