import type { LiveSymbol } from './collect/live-symbols.js';
import { relativePath } from './entry.js';
import { findingAt } from './finding-at.js';
import type { Finding } from './rule.js';

/** A plugin with its live symbols. */
export interface LiveOwner {
  readonly name: string;
  readonly folder: string;
  readonly live: readonly LiveSymbol[];
}

/** Findings about live symbols of `plugin` whose name is also that of one in another plugin. */
export function duplicateLive(plugin: LiveOwner, others: readonly LiveOwner[]): Finding[] {
  return plugin.live.flatMap(({ name, kind, node }) =>
    others.flatMap((other) => {
      const twin = other.live.find((symbol) => symbol.name === name && symbol.kind === kind);
      if (!twin) return [];
      const place = `${other.name}/${relativePath(other.folder, twin.file.getFilePath())}`;
      return [
        findingAt(
          node,
          'plugin-shape',
          plugin.name,
          `The live ${kind} ${name} is declared by two plugins: ${plugin.name}, here, and ${other.name}, in ${place}.`,
          'Rename one of them: a live name belongs to one plugin.',
        ),
      ];
    }),
  );
}
