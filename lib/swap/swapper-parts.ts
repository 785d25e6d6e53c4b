import { LiveswapError } from '../core/errors.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { Caller } from './caller.js';
import { reasonsToStay } from './collect-stats.js';
import { ContractCheck } from './contract-check.js';
import { DrainingBound } from './draining-bound.js';
import type { Generation } from './generation.js';
import { Generations } from './generations.js';
import type { Lifetime } from './lifetime.js';
import type { SwapperSettings } from './options.js';
import { Pins } from './pins.js';
import type { PluginFolder } from './plugin-folder.js';
import { ReleaseSource } from './release-source.js';
import { Reloader } from './reloader.js';
import { SwapObserver } from './swap-observer.js';
import { VaultHost } from './vault-host.js';
import { VersionFactory } from './version-factory.js';

/** The parts of a swapper, apart from its folder and its lifetime. */
export interface SwapperParts {
  readonly observer: SwapObserver;
  readonly generations: Generations;
  readonly pins: Pins;
  readonly caller: Caller;
  readonly versions: VersionFactory;
  readonly reloader: Reloader;
  /** Returns the generation that receives calls. @throws LiveswapError `NOT_LOADED`, `CLOSED` */
  readonly current: () => Generation;
}

/** Everything that the parts are made from. */
export interface PartsDeps {
  readonly settings: SwapperSettings;
  readonly folder: PluginFolder;
  readonly lifetime: Lifetime;
}

/** Makes the parts of a swapper and connects them: each knows only those that are made before it. */
export function assembleParts(swapper: object, { settings, folder, lifetime }: PartsDeps): SwapperParts {
  const { carrier, keep, logger: given, maxDraining, tracing } = settings;
  const observer = new SwapObserver(swapper, given);
  const { emit, logger } = observer;
  const generations = new Generations(keep, emit);
  const receiving = (): Generation | undefined => {
    lifetime.check();
    return generations.current;
  };
  const current = (): Generation => {
    const generation = receiving();
    if (generation) return generation;
    throw new LiveswapError('NOT_LOADED', 'Nothing is loaded: await swapper.load() first.');
  };
  const called = new Set<string>();
  const pins = new Pins({ generations, current, carrier, logger, check: () => lifetime.check() });
  const caller = new Caller({
    dispatcher: new Dispatcher(receiving, called),
    carrier,
    pinned: () => pins.here(),
  });
  const vaultHost = new VaultHost({
    dispatcher: generations.dispatcher,
    findGeneration: (id) => generations.find(id),
    tableFor: (version, name) => generations.tableFor(version, name),
    logger,
    tracing,
    emit,
  });
  const versions = new VersionFactory(settings, vaultHost, observer, () => generations.current?.id);
  const reloader = new Reloader({
    settings,
    generations,
    source: new ReleaseSource({
      settings,
      generations,
      read: () => folder.read((path) => versions.read(path)),
    }),
    versions,
    vaultHost,
    caller,
    contractCheck: new ContractCheck({ settings, called, baselines: generations.baselines, emit }),
    drainingBound: new DrainingBound({
      limit: maxDraining,
      current: () => generations.current?.versions ?? [],
      draining: generations.draining,
      keptBy: (version) => reasonsToStay(version, [...generations.holdersOf(version)]),
      cut: (version, error) => generations.cut(version, error),
    }),
    logger,
    emit,
    signal: lifetime.signal,
  });
  return { observer, generations, pins, caller, versions, reloader, current };
}
