import { ts } from 'ts-morph';
import type { PluginSources, Rule } from '../../rule.js';
import { analyse, type Analysis } from '../analysis/analysis.js';
import { CloneCheck } from './clone-check.js';
import { importsFromPlugin } from '../analysis/liveswap-package.js';
import { findLiveSymbols, isSyncGenerator } from '../../collect/live-symbols.js';
import type { CloneProblem } from './clone-problem.js';
import { definedFunctions } from '../analysis/plugin-definition.js';

/** Refuses live functions, exports and functions whose parameters or results cannot cross a thread. */
export const cloneableBoundary: Rule = {
  name: 'cloneable-boundary',
  summary: 'refuses parameters and results that cannot cross a thread',
  check(plugin, report) {
    const analysis = analyse(plugin);
    const crossing = new CloneCheck(analysis, {
      livePrefix: plugin.livePrefix,
      transfers: analysis.files.some((file) => importsFromPlugin(file, 'transfer')),
    });
    const reported = new Set<ts.Node>();
    for (const boundary of boundariesOf(plugin, analysis)) {
      for (const { node, verb, problem } of problemsOf(boundary, crossing)) {
        const place = node && analysis.references.isOwn(node) ? node : boundary.node;
        if (reported.has(place)) continue;
        reported.add(place);
        report(
          place,
          `${boundary.subject} ${verb} ${problem.path}, which is ${problem.reason}.`,
          problem.remedy,
        );
      }
    }
  },
};

/** A function that is called from other threads. */
interface Boundary {
  readonly subject: string;
  readonly type: ts.Type;
  /** Node with its name. */
  readonly node: ts.Node;
  /** True when callers see only the parts of its types, and not the types themselves. */
  readonly isWrittenOut: boolean;
}

function boundariesOf(plugin: PluginSources, { checker, references }: Analysis): Boundary[] {
  const live = findLiveSymbols(plugin.files, plugin.livePrefix)
    // `plugin-shape` refuses generators as a whole; a function that is not exported is never called.
    .filter(
      ({ kind, exportName, declaration }) =>
        kind === 'function' && exportName && !isSyncGenerator(declaration),
    )
    .map(({ name, symbol, declaration }) => ({
      subject: `Live function ${name}`,
      type: checker.getTypeOfSymbol(symbol),
      node: declaration.name ?? declaration,
      isWrittenOut: true,
    }));
  const { root, project } = plugin;
  const defined = (root ? definedFunctions(root, project) : []).map(({ table, name, type, node }) => ({
    subject: `${table === 'exports' ? 'Export' : 'Plugin function'} ${name}`,
    type,
    node: references.isOwn(node) ? node : (root?.compilerNode ?? node),
    isWrittenOut: false,
  }));
  return [...live, ...defined];
}

interface Found {
  readonly node: ts.Node | undefined;
  readonly verb: 'takes' | 'returns';
  readonly problem: CloneProblem;
}

function problemsOf({ type, isWrittenOut }: Boundary, crossing: CloneCheck): Found[] {
  return type.getCallSignatures().flatMap((signature) => [
    ...signature.parameters.flatMap((parameter, index): Found[] => {
      const problem = crossing.argument(parameter, nameOf(parameter, index));
      return problem ? [{ node: parameter.valueDeclaration, verb: 'takes', problem }] : [];
    }),
    ...resultOf(signature, crossing, isWrittenOut),
  ]);
}

function resultOf(signature: ts.Signature, crossing: CloneCheck, isWrittenOut: boolean): Found[] {
  const problem = crossing.result(signature.getReturnType(), isWrittenOut);
  return problem ? [{ node: signature.declaration?.type, verb: 'returns', problem }] : [];
}

/** Returns the name of a parameter for a message: a destructured one has none of its own. */
function nameOf({ name, valueDeclaration }: ts.Symbol, index: number): string {
  const destructured =
    valueDeclaration && ts.isParameter(valueDeclaration) && !ts.isIdentifier(valueDeclaration.name);
  return destructured ? `arguments[${index}]` : name;
}
