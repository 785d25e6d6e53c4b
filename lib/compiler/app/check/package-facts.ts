import { ts } from 'ts-morph';
import { AdapterSet } from '../../../adapters/adapter-set.js';
import { findInstalled } from '../../../adapters/installed-version.js';
import type { Adapter } from '../../../adapters/adapter.js';
import { memoryStoreAdapters, memoryStores, type MemoryStore } from '../../../stores/memory-stores.js';
import type { PluginSources } from '../../rule.js';
import { bare, walk, type CallOrNew } from '../../rules/analysis/syntax.js';
import { ImportedNames, type ImportedName } from '../../rules/analysis/imported-names.js';
import { factAt, type SwapFact } from './swap-fact.js';

/** Settings of an app that decide the fate of its packages. */
export interface PackageSettings {
  readonly adapters: AdapterSet;
  /** Packages whose built-in adapters are not used. */
  readonly noAdapters: readonly string[];
  readonly stores: 'auto' | undefined;
}

/** Returns facts about the objects that an app creates from packages with adapters or stores. */
export function packageFacts(sources: PluginSources, settings: PackageSettings): SwapFact[] {
  const facts: SwapFact[] = [];
  for (const { compilerNode: file } of sources.files) {
    const names = new ImportedNames(file);
    walk(file, (node) => {
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
      const callee = names.of(node.expression);
      const fact =
        (callee && consumerFact(node, callee, settings.adapters)) ?? storeFact(node, names, settings);
      if (fact) facts.push(fact);
    });
  }
  return facts;
}

function consumerFact(call: CallOrNew, callee: ImportedName, adapters: AdapterSet): SwapFact | undefined {
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

/**
 * Returns whether an adapter handles an export of this name: `Worker`; `schedule` of a whole CommonJS export; `Kafka` for
 * `Kafka.prototype.consumer`.
 */
function hasExport({ exports }: Adapter, name: string): boolean {
  const names = Object.keys(exports).map((path) => path.split('.')[0]);
  return names.includes(name) || (name === '*' && names.includes('default'));
}

function storeFact(call: CallOrNew, names: ImportedNames, settings: PackageSettings): SwapFact | undefined {
  const store = memoryStores.find((one) => isMadeBy(call, one, names));
  if (!store || hasStore(call.arguments?.[store.at])) return undefined;
  const isKnown = isReplaceable(store, call, settings.noAdapters);
  if (isKnown && settings.stores === 'auto')
    return factAt(call, 'kept', `The ${store.what} of ${store.package} live on (--stores auto).`);
  return factAt(
    call,
    'lost',
    `The ${store.what} that ${store.package} keeps in memory begin anew.`,
    isKnown ? 'Start with --stores auto, or give it a store.' : 'Give it a store.',
  );
}

/**
 * Returns whether a call makes a memory store: `session({ … })`, or for Fastify, which calls its plugins itself,
 * `app.register(session, { … })`.
 */
function isMadeBy(
  call: CallOrNew,
  { package: module, at, names: own }: MemoryStore,
  names: ImportedNames,
): boolean {
  const { expression } = call;
  const isRegistered = ts.isPropertyAccessExpression(expression) && expression.name.text === 'register';
  const given = at === 0 ? expression : isRegistered ? call.arguments?.[0] : undefined;
  const found = given && names.of(given);
  return found?.module === module && ['*', 'default', ...own].includes(found.name);
}

/** Returns whether `--stores auto` replaces the store of the installed package. */
function isReplaceable(store: MemoryStore, call: CallOrNew, noAdapters: readonly string[]): boolean {
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
