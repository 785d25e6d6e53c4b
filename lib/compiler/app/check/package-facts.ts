import { ts } from 'ts-morph';
import { AdapterSet } from '../../../adapters/adapter-set.js';
import { builtinAdapters } from '../../../adapters/builtin/index.js';
import { findInstalled } from '../../../adapters/installed-version.js';
import type { Adapter } from '../../../adapters/adapter.js';
import { memoryStoreAdapters, memoryStores, type MemoryStore } from '../../../stores/memory-stores.js';
import type { PluginSources } from '../../rule.js';
import { hasExport } from '../../rules/analysis/adapted-making.js';
import { bare, walk } from '../../rules/analysis/syntax.js';
import { ImportedNames, type ImportedName } from '../../rules/analysis/imported-names.js';
import { factAt, type SwapFact } from './swap-fact.js';

type Making = ts.CallExpression | ts.NewExpression;

/** Settings of an app that decide the fate of its packages. */
export interface PackageSettings {
  /** The app's own. */
  readonly adapters: readonly Adapter[];
  /** Packages whose built-in adapters are not used. */
  readonly noAdapters: readonly string[];
  readonly stores: 'auto' | undefined;
}

/** The objects that an app makes of packages with adapters or stores, and the places of the adapted ones. */
export function packageFacts(
  sources: PluginSources,
  settings: PackageSettings,
): { readonly facts: SwapFact[]; readonly adapted: ReadonlySet<ts.Node> } {
  const adapters = new AdapterSet([
    ...settings.adapters,
    ...builtinAdapters.filter(({ package: name }) => !settings.noAdapters.includes(name)),
  ]);
  const facts: SwapFact[] = [];
  const adapted = new Set<ts.Node>();
  for (const { compilerNode: file } of sources.files) {
    const names = new ImportedNames(file);
    walk(file, (node) => {
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
      const callee = names.of(node.expression);
      if (!callee) return;
      const fact = consumerFact(node, callee, adapters) ?? storeFact(node, callee, settings);
      if (fact) facts.push(fact);
      if (fact?.fate === 'adapted') adapted.add(node);
    });
  }
  return { facts, adapted };
}

function consumerFact(call: Making, callee: ImportedName, adapters: AdapterSet): SwapFact | undefined {
  const { module, name } = callee;
  const known = adapters.of(module);
  if (!known.some((adapter) => hasExport(adapter, name))) return undefined;
  const installed = findInstalled(module, call.getSourceFile().fileName);
  if (!installed) return undefined;
  const { version } = installed;
  if (adapters.for(module, version))
    return factAt(call, 'adapted', `The adapter for ${module} lets it take work in one version at a time.`);
  const ranges = known.map(({ versions }) => versions).join(', ');
  return factAt(
    call,
    'overlaps',
    `No adapter knows ${module} ${version}: it takes work in the old and the new version side by side.`,
    `There is one for ${ranges}; write your own (--adapter), or serve the app with --exclusive.`,
  );
}

function storeFact(
  call: Making,
  { module, name }: ImportedName,
  settings: PackageSettings,
): SwapFact | undefined {
  const store = memoryStores.find((one) => one.package === module);
  // Fastify's are given to `register`, and named there.
  const isMade = store?.at === 0 && ['*', 'default', ...store.names].includes(name);
  if (!store || !isMade || hasStore(call.arguments?.[store.at])) return undefined;
  const isKnown = isReplaceable(store, call, settings.noAdapters);
  if (isKnown && settings.stores === 'auto')
    return factAt(call, 'kept', `The ${store.what} of ${module} live on (--stores auto).`);
  return factAt(
    call,
    'lost',
    `The ${store.what} that ${module} keeps in memory begin anew.`,
    isKnown ? 'Start with --stores auto, or give it a store.' : 'Give it a store.',
  );
}

/** Returns whether `--stores auto` puts another store in the place of the one that the installed package has. */
function isReplaceable(store: MemoryStore, call: Making, noAdapters: readonly string[]): boolean {
  const installed = findInstalled(store.package, call.getSourceFile().fileName);
  const adapters = new AdapterSet(memoryStoreAdapters('replaced'));
  return (
    installed !== undefined &&
    !noAdapters.includes(store.package) &&
    adapters.for(store.package, installed.version) !== undefined
  );
}

function hasStore(options: ts.Expression | undefined): boolean {
  const node = options && bare(options);
  if (!node || !ts.isObjectLiteralExpression(node)) return false;
  return node.properties.some((property) => property.name?.getText() === 'store');
}
