import { join } from 'node:path';
import { ts, type Project, type SourceFile } from 'ts-morph';
import type { Rule } from '../../rule.js';
import { analyse, placeOf, type Analysis } from '../analysis/analysis.js';
import {
  findDeclaredSymbols,
  isSyncGenerator,
  type DeclaredSymbol,
  type LiveDeclaration,
} from '../../collect/live-symbols.js';
import { defaultExportOf } from '../analysis/plugin-definition.js';
import { hasModifier, isStatic } from '../analysis/syntax.js';
import { affinityProblems } from './affinity-problems.js';
import { defineAtEnd, exportInPlace } from './fixes.js';
import type { Problem } from './problem.js';
import { strayExports, uncertainValues } from './stray-exports.js';

/** Refuses plugins that the swapper could not load, or whose live symbols it would not find. */
export const pluginShape: Rule = {
  name: 'plugin-shape',
  summary:
    'refuses a plugin without a root that exports definePlugin, and live symbols that cannot be reached',
  check(plugin, report) {
    const analysis = analyse(plugin);
    const say = (node: ts.Node, { problem, remedy, fix }: Problem) => report(node, problem, remedy, fix);
    if (!plugin.root) {
      report(
        join(plugin.folder, 'index.ts'),
        `Plugin ${plugin.name} has no root module: there is no index.ts directly in its folder.`,
        'Add an index.ts with `export default definePlugin({})`.',
      );
    } else checkRoot(plugin.name, plugin.root, plugin.project, say);
    const live = findDeclaredSymbols(plugin.files, plugin.livePrefix);
    for (const symbol of live) {
      const problem = problemOf(symbol, plugin.livePrefix, analysis.checker);
      if (problem) say(nameOf(symbol), problem);
    }
    checkNames(live, analysis, say);
    for (const wrong of affinityProblems(plugin, live)) say(wrong.node, wrong);
    for (const { name, type } of uncertainValues(plugin)) {
      say(name, {
        problem: `${name.getText()} is of type ${type}: whether it is a function is only known at run time, so it is not live.`,
        remedy: 'Declare it as a function, or give the constant the type of one.',
      });
    }
    for (const stray of strayExports(plugin, live)) {
      say(stray.node, {
        problem: `${stray.name} is only a name for something that another file declares: the build does not find it.`,
        remedy: 'Declare a function of this name here, and call the other one in it.',
      });
    }
  },
};

type Say = (node: ts.Node, problem: Problem) => void;

function checkRoot(name: string, root: SourceFile, project: Project, say: Say): void {
  const found = defaultExportOf(root, project);
  if (found.state === 'missing') {
    say(root.compilerNode, {
      problem: `The root module of plugin ${name} has no default export.`,
      remedy: 'Add `export default definePlugin({})`, with definePlugin from liveswap/plugin.',
      fix: defineAtEnd(root.compilerNode),
    });
  }
  if (found.state === 'other') {
    const inRoot = found.node.getSourceFile() === root.compilerNode;
    say(inRoot ? found.node : root.compilerNode, {
      problem: `The default export of plugin ${name} does not come from definePlugin.`,
      remedy: 'Export the result of `definePlugin({ … })`, with definePlugin from liveswap/plugin.',
    });
  }
}

function problemOf(live: DeclaredSymbol, livePrefix: string, checker: ts.TypeChecker): Problem | undefined {
  return (
    exportProblem(live, livePrefix) ??
    (live.kind === 'type' ? typeProblem(live, checker) : functionProblem(live))
  );
}

function exportProblem(live: DeclaredSymbol, livePrefix: string): Problem | undefined {
  const { kind, name, exportName, declaration, symbol } = live;
  if (exportName !== undefined) return undefined;
  return {
    problem: `Live ${kind} ${name} is not exported under this name, so nothing can reach it.`,
    remedy: `Export it, or give it a name that does not start with ${livePrefix}.`,
    fix: exportInPlace(declaration, symbol),
  };
}

function functionProblem({ name, declaration }: DeclaredSymbol): Problem | undefined {
  if (!isSyncGenerator(declaration)) return undefined;
  return {
    problem: `Live function ${name} is a synchronous generator, which cannot cross a thread.`,
    remedy: 'Make it an async generator (`async function*`), or return an array.',
  };
}

function typeProblem(
  { name, symbol, declaration }: DeclaredSymbol,
  checker: ts.TypeChecker,
): Problem | undefined {
  if (isAbstract(declaration)) {
    return {
      problem: `Live type ${name} is abstract: no instance of it can be revived.`,
      remedy: 'Make the class concrete, or give the base class a name without the live prefix.',
    };
  }
  const accessor = accessorOf(declaration);
  if (accessor !== undefined) {
    return {
      problem: `Live type ${name} declares \`accessor ${accessor}\`, whose value is private to the class and would be lost on the way.`,
      remedy: 'Make it a plain field.',
    };
  }
  const constructors = checker.getTypeOfSymbol(symbol).getConstructSignatures();
  if (constructors.length === 0 || constructors.some((constructor) => takesNothing(constructor, checker))) {
    return undefined;
  }
  return {
    problem: `Live type ${name} has required constructor parameters, and is revived without arguments.`,
    remedy: 'Give every constructor parameter a default, or set the fields after `new`.',
  };
}

// The value of an `accessor` field is stored in a `#private` field.
function accessorOf(declaration: LiveDeclaration): string | undefined {
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  if (!value || !ts.isClassLike(value)) return undefined;
  return value.members
    .find((member) => ts.isAutoAccessorPropertyDeclaration(member) && !isStatic(member))
    ?.name?.getText();
}

function isAbstract(declaration: LiveDeclaration): boolean {
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  return !!value && ts.isClassLike(value) && hasModifier(value, ts.SyntaxKind.AbstractKeyword);
}

function takesNothing({ parameters }: ts.Signature, checker: ts.TypeChecker): boolean {
  return parameters.every(({ valueDeclaration: parameter }) => {
    if (!parameter || !ts.isParameter(parameter)) return false;
    return checker.isOptionalParameter(parameter) || restTakesNothing(parameter, checker);
  });
}

function restTakesNothing(parameter: ts.ParameterDeclaration, checker: ts.TypeChecker): boolean {
  if (!parameter.dotDotDotToken) return false;
  const type = checker.getTypeAtLocation(parameter);
  return !checker.isTupleType(type) || (type as ts.TupleTypeReference).target.minLength === 0;
}

function checkNames(live: readonly DeclaredSymbol[], analysis: Analysis, say: Say): void {
  const first = new Map<string, DeclaredSymbol>();
  for (const symbol of live) {
    if (symbol.exportName === undefined) continue;
    const other = first.get(symbol.name);
    if (!other) first.set(symbol.name, symbol);
    else if (other.symbol !== symbol.symbol) {
      say(nameOf(symbol), {
        problem: `Live ${symbol.kind} ${symbol.name} is also declared at ${placeOf(analysis, nameOf(other))}.`,
        remedy: 'Rename one of them: a live name is unique in its generation.',
      });
    }
  }
}

function nameOf({ declaration }: DeclaredSymbol): ts.Node {
  return declaration.name ?? declaration;
}
