import type { AffinityFacts } from '../../manifest/manifest.js';
import { tagText } from './doc-tags.js';
import type { LiveSymbol } from './live-symbols.js';

/** What `@affinity room` or `@affinity order.customer` says: the parameter, and what in it is the key. */
export function affinityOf({ node }: LiveSymbol): { readonly affinity?: AffinityFacts } {
  const [name, ...path] = tagText(node, 'affinity')?.split(' ')[0]?.split('.') ?? [];
  if (!name) return {};
  const [call] = node.getType().getCallSignatures();
  const parameter = call?.getParameters().findIndex((one) => one.getName() === name) ?? -1;
  return parameter < 0 ? {} : { affinity: { parameter, path } };
}
