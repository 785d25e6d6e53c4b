import { LiveswapError } from '../core/errors.js';
import { keyOf } from '../core/plugin-key.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';

/** Returns the {@link keyOf} of each plugin that `artifact` imports, without duplicates. */
export function dependenciesOf({ manifest }: Pick<ArtifactFacts, 'manifest'>): string[] {
  return [...new Set(manifest.imports.map((one) => keyOf(one.plugin)))];
}

/**
 * Sorts the artifacts so that each follows all its dependencies, and otherwise by name.
 * @throws LiveswapError `DEPENDENCY_UNKNOWN`, `DEPENDENCY_CYCLE`
 */
export function inDependencyOrder<Node extends ArtifactFacts>(nodes: readonly Node[]): Node[] {
  const byKey = new Map(nodes.map((node) => [keyOf(node.manifest.name), node]));
  const ordered = new Set<Node>();
  const visit = (node: Node, path: readonly Node[]): void => {
    if (ordered.has(node)) return;
    const start = path.indexOf(node);
    if (start !== -1) throw cycle([...path.slice(start), node]);
    for (const key of dependenciesOf(node).sort()) {
      const dependency = byKey.get(key);
      if (!dependency) throw unknownDependency(node, key, nodes);
      visit(dependency, [...path, node]);
    }
    ordered.add(node);
  };
  for (const key of [...byKey.keys()].sort()) visit(byKey.get(key) as Node, []);
  return [...ordered];
}

function cycle(circle: readonly ArtifactFacts[]): LiveswapError {
  const names = circle.map((node) => node.manifest.name);
  return new LiveswapError(
    'DEPENDENCY_CYCLE',
    `Plugins import each other in a cycle: ${names.join(' -> ')}; let one of them call live functions through the vault instead.`,
    { plugins: names.slice(0, -1), files: circle.slice(0, -1).map((node) => node.file) },
  );
}

function unknownDependency(node: ArtifactFacts, key: string, nodes: readonly ArtifactFacts[]): LiveswapError {
  const { name, imports } = node.manifest;
  const wanted = imports.find((one) => keyOf(one.plugin) === key);
  const known = nodes.map((other) => other.manifest.name).join(', ');
  return new LiveswapError(
    'DEPENDENCY_UNKNOWN',
    `${name} imports ${wanted?.plugin} (${wanted?.file}:${wanted?.line}), which is not there; there are ${known}.`,
    { plugin: name, dependency: wanted?.plugin, file: node.file },
  );
}
