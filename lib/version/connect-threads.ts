import { MessageChannel } from 'node:worker_threads';
import type { LiveswapError } from '../core/errors.js';
import { outsideContext } from '../core/async-context.js';
import type { ThreadHandle } from './thread-handle.js';

/** A version as those see it that import it. */
export interface Exporter {
  readonly plugin: string;
  /** Its threads that take calls, or will when it is up. */
  readonly answering: readonly ThreadHandle[];
  /** Why it takes no calls any more. */
  readonly refusal: LiveswapError | undefined;
}

/** Lets a thread call what it imports, by a direct link to each of its threads; calls wait while there is none. */
export async function openImport(importer: ThreadHandle, exporter: Exporter): Promise<void> {
  const opened = importer.ask('openImport', [exporter.plugin]);
  const linked = exporter.answering.map((thread) => connectThreads(importer, thread));
  if (exporter.refusal) linked.push(importer.ask('refuseImport', [exporter.plugin, exporter.refusal]));
  await Promise.all([opened, ...linked]);
}

/**
 * Gives a thread and one it imports the two ends of a direct link. A dead one is left out: whatever takes its place is
 * linked when it is up. Only the importer is waited for: the other may be busy, and what it is sent does not get lost. While the
 * dependency comes up, it is linked for calls alone whose chain has the tag `only`.
 */
export async function connectThreads(
  importer: ThreadHandle,
  dependency: ThreadHandle,
  only?: string,
): Promise<void> {
  if (importer.death || dependency.death) return;
  const { port1, port2 } = outsideContext(() => new MessageChannel());
  const { plugin, thread } = dependency.name;
  // A link whose other end nobody has is closed: its calls reject, and it takes no more.
  dependency.ask('acceptImporter', [port2]).catch(() => port2.close());
  await importer.ask('bindImport', [plugin, dependency.id, thread, port1, only]);
}
