import { LiveswapError } from '../core/errors.js';
import type { Manifest } from '../manifest/manifest.js';

/** What depends on what; anything that has a manifest, or stands for a plugin, can be a node. */
export interface PluginNode {
  readonly manifest: Manifest;
  readonly file: string;
}

/** Lower-case name of a plugin: names are compared without case. */
export function keyOf(node: PluginNode): string {
  return node.manifest.name.toLowerCase();
}

/** Lower-case names of the plugins that `node` imports, each once. */
export function dependenciesOf(node: PluginNode): string[] {
  return [...new Set(node.manifest.imports.map((one) => one.plugin.toLowerCase()))];
}

/**
 * The nodes, each after all it depends on, otherwise in the order of their names.
 * @throws LiveswapError `DEPENDENCY_UNKNOWN`, `DEPENDENCY_CYCLE`
 */
export function inDependencyOrder<Node extends PluginNode>(nodes: readonly Node[]): Node[] {
  const byKey = new Map(nodes.map((node) => [keyOf(node), node]));
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

function cycle(circle: readonly PluginNode[]): LiveswapError {
  const names = circle.map((node) => node.manifest.name);
  return new LiveswapError(
    'DEPENDENCY_CYCLE',
    `Plugins import each other in a circle: ${names.join(' -> ')}; let one of them call live functions through the vault instead.`,
    { plugins: names.slice(0, -1), files: circle.slice(0, -1).map((node) => node.file) },
  );
}

function unknownDependency(node: PluginNode, key: string, nodes: readonly PluginNode[]): LiveswapError {
  const { name, imports } = node.manifest;
  const wanted = imports.find((one) => one.plugin.toLowerCase() === key);
  const known = nodes.map((other) => other.manifest.name).join(', ');
  return new LiveswapError(
    'DEPENDENCY_UNKNOWN',
    `${name} imports ${wanted?.plugin} (${wanted?.file}:${wanted?.line}), which is not there; there are ${known}.`,
    { plugin: name, dependency: wanted?.plugin, file: node.file },
  );
}
