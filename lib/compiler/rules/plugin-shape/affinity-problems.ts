import type { ts } from 'ts-morph';
import { affinityOf } from '../../collect/affinity.js';
import type { DeclaredSymbol } from '../../collect/live-symbols.js';
import type { PluginSources } from '../../rule.js';
import { definedFunctions } from '../analysis/plugin-definition.js';
import type { Problem } from './problem.js';

/** Returns the `@affinity` tags by which no thread can be chosen, so that calls would go to any thread. */
export function affinityProblems(
  { root, project }: PluginSources,
  live: readonly DeclaredSymbol[],
): (Problem & { readonly node: ts.Node })[] {
  const checker = project.getTypeChecker().compilerObject;
  const places = [
    ...live.map(({ symbol, declaration }) => ({ symbol, node: declaration.name ?? declaration })),
    ...(root ? definedFunctions(root, project) : []),
  ];
  return places.flatMap(({ symbol, node }) => {
    const affinity = affinityOf(symbol, checker);
    return affinity?.kind === 'wrong' ? [{ ...affinity, node }] : [];
  });
}
