import { availableParallelism } from 'node:os';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deploy, type PluginText } from '../../test/helpers/compose-plugin.js';
import { compareFigure, takeInTurn } from '../harness/interleave.js';
import type { Bench, Comparison, Findings, Subject, Verdict } from '../harness/measurement.js';
import type { EditionPeer } from '../peers/restart/edition-peer.js';
import { openLiveswap } from '../peers/restart/liveswap.js';
import { openNewWorker } from '../peers/restart/new-worker.js';
import { Edition, EDITION } from './editions.js';
import { whenCollected } from './when-collected.js';
import { watchLoop, type Held } from './stands-still.js';

/** Bare workers of which no more begin at a time than there are cores: what the platform needs of the host for so many threads. */
const IN_TURNS = 'new Worker, one a core at a time';

/** A load of plugins, and a reload of all of them, each with the time for which it blocked the event loop. */
interface Sample {
  readonly load: Held;
  readonly reload: Held;
}

/** The plugins that are loaded and reloaded. */
export interface Fleet {
  /** Name of the fleet, such as `20 plugins`. */
  readonly title: string;
  readonly plugins: readonly PluginText[];
  /** Number of rounds. Default: that of the bench, after one to warm up. */
  readonly rounds?: number;
}

/** Total times, and the longest turn of the host's event loop. */
export interface FleetComparisons {
  readonly load: Comparison;
  readonly loadHeld: Comparison;
  readonly reload: Comparison;
  readonly reloadHeld: Comparison;
}

/** Returns a plugin that states its edition, with some text of its own. */
export function statingItsEdition(name: string, ballastBytes: number): PluginText {
  return {
    name,
    module: `const ballast = '${'x'.repeat(ballastBytes)}';`,
    live: { [`live_edition_${name}`]: `async () => ballast.length < 0 ? '' : '${EDITION}'` },
  };
}

/** Loads and reloads each fleet in turn with bare workers that import the same. */
export async function measureFleets(
  bench: Bench,
  fleets: readonly Fleet[],
  judge: (found: FleetComparisons) => readonly Verdict[],
): Promise<Findings> {
  const found: FleetComparisons[] = [];
  for (const [index, fleet] of fleets.entries())
    found.push(await compareFleet(bench, fleet, join(bench.folder, String(index))));
  return {
    comparisons: found.flatMap((fleet) => Object.values<Comparison>({ ...fleet })),
    verdicts: found.flatMap(judge),
  };
}

async function compareFleet(
  bench: Bench,
  { title, plugins, rounds }: Fleet,
  folder: string,
): Promise<FleetComparisons> {
  bench.progress(`${title}: writing`);
  await mkdir(folder, { recursive: true });
  await deploy(folder, ...plugins);
  const names = plugins.map(({ name }) => name);
  const edition = new Edition(folder);
  const openWorkers = async (atATime: number): Promise<EditionPeer> => {
    const peer = openNewWorker({ folder, plugins: names, threads: 1, atATime });
    await peer.swap(edition.text);
    return peer;
  };
  const subjectOf = (name: string, load: () => Promise<EditionPeer>): Subject<Sample> => ({
    name,
    sample: () => loadAndReload(load, edition, names),
  });
  const taken = await takeInTurn(
    bench,
    [
      subjectOf('liveswap', () =>
        openLiveswap({ name: 'liveswap', folder, plugins: names, threads: 1, standby: false }),
      ),
      subjectOf('new Worker', () => openWorkers(names.length)),
      ...(names.length > 1 ? [subjectOf(IN_TURNS, () => openWorkers(availableParallelism()))] : []),
    ],
    { title, ...(rounds !== undefined && { rounds, warmUps: 0 }) },
  );
  const figure = (what: string, figureOf: (sample: Sample) => number): Comparison =>
    compareFigure(taken, { title: `${title}: ${what}`, unit: 'ms', better: 'lower' }, figureOf);
  return {
    load: figure('load', ({ load }) => load.ms),
    loadHeld: figure('longest turn of the host in the load', ({ load }) => load.stoodStill),
    reload: figure('reload of all', ({ reload }) => reload.ms),
    reloadHeld: figure('longest turn of the host in the reload', ({ reload }) => reload.stoodStill),
  };
}

async function loadAndReload(
  open: () => Promise<EditionPeer>,
  edition: Edition,
  names: readonly string[],
): Promise<Sample> {
  let peer: EditionPeer | undefined;
  try {
    const load = await watchLoop(async () => {
      peer = await open();
    });
    await whenCollected();
    const next = await edition.publish(names);
    const reload = await watchLoop(async () => peer?.swap(next));
    await peer?.settled();
    return { load, reload };
  } finally {
    await peer?.close();
  }
}
