import { Node } from 'ts-morph';
import type { LiveSymbol } from './collect/live-symbols.js';
import { relativePath } from '../core/paths.js';
import { findingAt } from './finding-at.js';
import type { Finding } from './rule.js';

/** A plugin with its live symbols. */
export interface LiveOwner {
  readonly name: string;
  readonly folder: string;
  readonly live: readonly LiveSymbol[];
}

/** Knows the owner of each live name: when two plugins declare it, the one that had it first keeps it. */
export class LiveNames {
  #owners: ReadonlyMap<string, LiveOwner> = new Map();

  /** @param plugins all plugins; the first that declares a new name owns it. */
  update(plugins: Iterable<LiveOwner>): void {
    const owners = new Map<string, LiveOwner>();
    for (const plugin of plugins) {
      for (const key of plugin.live.map(keyOf)) {
        if (!owners.has(key) || this.#owners.get(key) === plugin) owners.set(key, plugin);
      }
    }
    this.#owners = owners;
  }

  /** Returns findings about live symbols of `plugin` whose name belongs to another plugin. */
  duplicatesIn(plugin: LiveOwner): Finding[] {
    return plugin.live.flatMap((symbol) => {
      const owner = this.#owners.get(keyOf(symbol));
      const twin = owner?.live.find((other) => keyOf(other) === keyOf(symbol));
      if (!owner || !twin || owner === plugin) return [];
      const { name, kind, node } = symbol;
      const place = `${owner.name}/${relativePath(owner.folder, twin.file.getFilePath())}`;
      return [
        findingAt(
          (Node.hasName(node) ? node.getNameNode() : node).compilerNode,
          'plugin-shape',
          plugin.name,
          `The live ${kind} ${name} is declared by two plugins: ${plugin.name}, here, and ${owner.name}, in ${place}.`,
          'Rename one of them: a live name belongs to one plugin.',
        ),
      ];
    });
  }
}

function keyOf({ kind, name }: LiveSymbol): string {
  return `${kind} ${name}`;
}
