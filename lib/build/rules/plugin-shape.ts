import { dirname, relative } from 'node:path';
import { ts, type Node } from 'ts-morph';
import type { PluginSources, Report, Rule } from '../rule.js';
import {
  isSyncGenerator,
  liveSymbols,
  type LiveDeclaration,
  type LiveSymbol,
} from './analysis/live-symbols.js';
import { defaultExportOf } from './analysis/plugin-definition.js';
import { wrapNode } from './analysis/wrap-node.js';

/** Refuses plugins that the swapper could not load, or of which it would not find everything. */
export const pluginShape: Rule = {
  name: 'plugin-shape',
  summary:
    'refuses a plugin without a root that exports definePlugin, and live symbols that cannot be reached',
  check(plugin, report) {
    checkRoot(plugin, report);
    const live = liveSymbols(plugin);
    for (const symbol of live) checkLiveSymbol(symbol, plugin, report);
    checkNames(live, report);
  },
};

function checkRoot(plugin: PluginSources, report: Report): void {
  const [first] = plugin.files;
  if (!plugin.root) {
    if (!first) return;
    report(
      first,
      `Plugin ${plugin.name} has no root module: there is no index.ts directly in its folder.`,
      'Add an index.ts with `export default definePlugin({})`.',
    );
    return;
  }
  const found = defaultExportOf(plugin.root, plugin.project);
  if (found.state === 'missing') {
    report(
      plugin.root,
      `The root module of plugin ${plugin.name} has no default export.`,
      'Add `export default definePlugin({})`, with definePlugin from liveswap/plugin.',
    );
  }
  if (found.state === 'other') {
    const inRoot = found.node.getSourceFile() === plugin.root.compilerNode;
    report(
      inRoot ? wrapNode(plugin.root, found.node) : plugin.root,
      `The default export of plugin ${plugin.name} does not come from definePlugin.`,
      'Export the result of `definePlugin({ … })`, with definePlugin from liveswap/plugin.',
    );
  }
}

function checkLiveSymbol(live: LiveSymbol, plugin: PluginSources, report: Report): void {
  const problem =
    exportProblem(live, plugin.livePrefix) ??
    (live.kind === 'type'
      ? typeProblem(live, plugin.project.getTypeChecker().compilerObject)
      : functionProblem(live));
  if (problem) report(nameOf(live), problem.problem, problem.remedy);
}

interface Problem {
  readonly problem: string;
  readonly remedy: string;
}

function exportProblem({ kind, name, exportName }: LiveSymbol, livePrefix: string): Problem | undefined {
  if (exportName !== undefined) return undefined;
  return {
    problem: `Live ${kind} ${name} is not exported under this name, so nothing can reach it.`,
    remedy: `Export it, or give it a name that does not start with ${livePrefix}.`,
  };
}

function functionProblem({ name, declaration }: LiveSymbol): Problem | undefined {
  if (!isSyncGenerator(declaration)) return undefined;
  return {
    problem: `Live function ${name} is a synchronous generator, which cannot cross a thread.`,
    remedy: 'Make it an async generator (`async function*`), or return an array.',
  };
}

function typeProblem(
  { name, symbol, declaration }: LiveSymbol,
  checker: ts.TypeChecker,
): Problem | undefined {
  if (isAbstract(declaration)) {
    return {
      problem: `Live type ${name} is abstract: no instance of it can be revived.`,
      remedy: 'Make the class concrete, or give the base class a name without the live prefix.',
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

function isAbstract(declaration: LiveDeclaration): boolean {
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  return (
    !!value &&
    ts.isClassLike(value) &&
    !!value.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword)
  );
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

function checkNames(live: readonly LiveSymbol[], report: Report): void {
  const first = new Map<string, LiveSymbol>();
  for (const symbol of live) {
    if (symbol.exportName === undefined) continue;
    const other = first.get(symbol.name);
    if (!other) first.set(symbol.name, symbol);
    else if (other.symbol !== symbol.symbol) {
      report(
        nameOf(symbol),
        `Live ${symbol.kind} ${symbol.name} is also declared at ${placeOf(other, symbol)}.`,
        'Rename one of them: a live name is unique in its generation.',
      );
    }
  }
}

function nameOf({ file, declaration }: LiveSymbol): Node {
  return wrapNode(file, declaration.name ?? declaration);
}

function placeOf({ file, declaration }: LiveSymbol, from: LiveSymbol): string {
  const line = file.getLineAndColumnAtPos(declaration.getStart(file.compilerNode)).line;
  return `${relative(dirname(from.file.getFilePath()), file.getFilePath()) || 'this file'}:${line}`;
}
