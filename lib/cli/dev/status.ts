import { styleText } from 'node:util';
import type { BuildProgress } from '../../compiler/options.js';
import type { Swapper } from '../../swap/swapper.js';
import { servingVersion, versionsOf, type Refusals } from './narrate.js';
import { pendingWords } from '../../observe/kept-by-words.js';

/** Formats the current state for the status line of a terminal. */
export function statusOf(swapper: Swapper, refusals: Refusals, progress: BuildProgress | undefined): string {
  const { generation, plugins } = swapper.stats();
  const refused = Array.from(refusals, ([plugin, findings]) => {
    const serving = servingVersion(swapper, plugin);
    return `${plugin}: ${findings}${serving && `, serving ${serving}`}`;
  });
  if (refused.length > 0) return styleText('red', refused.join('; '), { stream: process.stdout });
  const calls = plugins.reduce((sum, plugin) => sum + plugin.calls, 0);
  const draining = versionsOf(swapper)
    .filter(({ state }) => state === 'draining')
    .map((version) => `; draining ${version.plugin}@${version.version}: ${pendingWords(version)}`);
  const state =
    generation === undefined
      ? `nothing is loaded${progress ? `; ${progress.plugin ?? 'all'}: ${progress.step} …` : ''}`
      : `generation ${generation}, ${calls} calls`;
  return styleText('dim', `${state}${draining.join('')}`, { stream: process.stdout });
}
