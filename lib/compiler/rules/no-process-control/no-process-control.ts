import { ts } from 'ts-morph';
import type { Rule } from '../../rule.js';
import { analyse } from '../analysis/analysis.js';
import { stringsOf } from '../analysis/expressions.js';
import { isTransparentAlias, ProcessObject } from './process-object.js';
import { bare, callOf, isAccess, isWritten, walk, wrapped } from '../analysis/syntax.js';

/** Refuses code that ends, moves or masks the process, which belongs to the host. */
export const noProcessControl: Rule = {
  name: 'no-process-control',
  summary: 'refuses to end the process, to move it to another folder, and to handle its uncaught errors',
  isAboutCode: true,
  check(plugin, report) {
    const analysis = analyse(plugin);
    const process = new ProcessObject(analysis.checker);
    for (const file of analysis.files) {
      const found = analysis.memory.recall('process control', file, () =>
        problemsIn(file, process, analysis.checker),
      );
      for (const { node, problem, remedy } of found) report(node, problem, remedy);
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

function problemsIn(
  file: ts.SourceFile,
  process: ProcessObject,
  checker: ts.TypeChecker,
): readonly (Problem & { readonly node: ts.Node })[] {
  const found: (Problem & { readonly node: ts.Node })[] = [];
  walk(file, (node) => {
    const problem = problemAt(node, process, checker) ?? problemOfArguments(node, process);
    if (problem) found.push({ node, ...problem });
  });
  return found;
}

function problemAt(node: ts.Node, process: ProcessObject, checker: ts.TypeChecker): Problem | undefined {
  if (!isAccess(node) && !(ts.isIdentifier(node) && isReference(node))) return undefined;
  const member = memberAt(node, process);
  if (member === undefined || !guarded.has(member) || isHarmless(node)) return undefined;
  if (member === 'exitCode') return isWritten(node) ? exitCode : undefined;
  if (!registrations.has(member)) return controls.get(member);
  const event = eventHandled(node, checker);
  return event === undefined ? undefined : masks(`A handler of ${event}`);
}

function memberAt(node: Access | ts.Identifier, process: ProcessObject): string | undefined {
  if (ts.isIdentifier(node)) return process.memberNamed(node);
  // The second: `tools.quit` of a module that exports `const quit = process.exit`.
  return (
    process.memberAccessed(node, guarded) ??
    (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)
      ? process.memberNamed(node.name)
      : undefined)
  );
}

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** Returns whether an identifier stands for a value, rather than naming something or being part of a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  return !(
    ('name' in parent && parent.name === node) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent)
  );
}

/** Returns whether the use is harmless: it only asks for the type, or gives another name. */
function isHarmless(node: ts.Expression): boolean {
  const { parent } = wrapped(node);
  if (ts.isTypeOfExpression(parent)) return true;
  const bound =
    ts.isPropertyAccessExpression(parent) && parent.name.text === 'bind' ? callOf(parent) : undefined;
  return isTransparentAlias(bound ? wrapped(bound).parent : parent);
}

/** The forbidden event that a call of `process.on` and its like handles, if any. */
function eventHandled(method: ts.Expression, checker: ts.TypeChecker): string | undefined {
  const event = callOf(method)?.arguments?.[0];
  return event && stringsOf(event, checker).find((name) => events.includes(name));
}

/**
 * Returns the problem of code that takes `process` and one of those names at once: `once(process, 'uncaughtException')`,
 * `on.apply(process, ['uncaughtException', f])`, `({ exit } = process)`.
 */
function problemOfArguments(node: ts.Node, process: ProcessObject): Problem | undefined {
  const { names, values } = namesAndValues(node);
  const name = names.find((name) => controls.has(name) || events.includes(name));
  if (name === undefined || !values.some((value) => process.is(value))) return undefined;
  return controls.get(name) ?? masks(`A handler of ${name}`);
}

function namesAndValues(node: ts.Node): { names: string[]; values: readonly ts.Expression[] } {
  if (ts.isCallExpression(node)) {
    const values = node.arguments.map(bare);
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
