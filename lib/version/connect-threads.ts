import { MessageChannel } from 'node:worker_threads';
import type { LiveswapError } from '../core/errors.js';
import { outsideContext } from '../core/async-context.js';
import type { Homes } from '../surface/homes.js';
import type { ThreadHandle } from './thread-handle.js';

/** A version as its importers see it. */
export interface Exporter {
  readonly plugin: string;
  /** Finds the thread that a call must go to. */
  readonly homes: Homes | undefined;
  /** The threads that take calls, or will take them once the version is up. */
  readonly answering: readonly ThreadHandle[];
  /** The reason why the version no longer takes calls. */
  readonly refusal: LiveswapError | undefined;
}

/** Lets a thread call a plugin that it imports, by a direct link to each of its threads; calls wait while there is none. */
export async function openImport(importer: ThreadHandle, exporter: Exporter): Promise<void> {
  const opened = importer.ask('openImport', [exporter.plugin, exporter.homes]);
  const linked: Promise<unknown>[] = exporter.answering.map((thread) => connectThreads(importer, thread));
  if (exporter.refusal) linked.push(importer.ask('refuseImport', [exporter.plugin, exporter.refusal]));
  await Promise.all([opened, ...linked]);
}

/**
 * Gives an importing thread and a thread of its dependency the two ends of a direct link. A dead thread is left out: its
 * replacement is linked once it is up. Only the importer is awaited: the dependency may be busy, and messages to it are not lost.
 * While the dependency comes up, the link only takes calls whose chain has the tag `only`. Resolves to false when the two are not
 * linked: an importer that comes up itself may not have opened its imports yet.
 */
export async function connectThreads(
  importer: ThreadHandle,
  dependency: ThreadHandle,
  only?: string,
): Promise<boolean> {
  if (importer.death || dependency.death) return false;
  const { port1, port2 } = outsideContext(() => new MessageChannel());
  const { plugin, thread } = dependency.name;
  // A link without another end is closed: its calls reject, and it takes no more.
  dependency.ask('acceptImporter', [port2, importer.id, importer.name.plugin]).catch(() => port2.close());
  return importer.ask('bindImport', [plugin, dependency.id, thread, port1, only]);
}

/** Tells threads to which `importer` had direct links why it is gone: their ends of the links only show that it is. */
export function tellGone(importer: ThreadHandle, dependencies: readonly ThreadHandle[]): void {
  const { death } = importer;
  if (!death) return;
  for (const thread of dependencies) thread.ask('importerGone', [importer.id, death]).catch(() => {});
}
