import type { PluginSources } from '../../rule.js';
import { analyse } from '../../rules/analysis/analysis.js';
import { pluginApiUses } from '../../rules/analysis/plugin-context.js';
import { Releases } from '../../rules/analysis/releases.js';
import { openClients } from '../../rules/no-globals/clients.js';
import { moduleState } from '../../rules/no-globals/module-state.js';
import { factAt, type SwapFact } from './swap-fact.js';

const KEEP = 'Wrap it in `kept` of liveswap/plugin, keep it in a database, or let it begin empty.';

/** Returns facts about state that an app keeps in memory at module level, and objects that it opens there. */
export function stateFacts(sources: PluginSources): SwapFact[] {
  const analysis = analyse(sources);
  const releases = new Releases(analysis);
  const clients = openClients(analysis, releases);
  const open = new Set(clients.map(({ node }) => node));
  const states = moduleState(analysis, releases, []).filter(({ node }) => !open.has(node));
  return [
    ...states.map(({ node, what }) => factAt(node, 'lost', `${capital(what)}: it begins anew.`, KEEP)),
    ...clients.map(({ node, type, closing, takesWork }) =>
      factAt(
        node,
        'overlaps',
        `An instance of ${type} is opened by the new version before the old one is through with its own.`,
        takesWork
          ? 'It takes work in both: write an adapter (--adapter), or serve the app with --exclusive.'
          : `That is well where both may be open; a handler of SIGTERM can call \`${closing}\`.`,
      ),
    ),
    ...pluginApiUses(analysis, 'kept').map((use) => factAt(use, 'kept', 'The state of this `kept` moves.')),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
