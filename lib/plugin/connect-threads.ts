import { MessageChannel } from 'node:worker_threads';
import type { ThreadHandle } from './thread-handle.js';

/**
 * Gives a thread and one it imports the two ends of a direct link. A dead one is left out: whatever takes its place
 * links itself.
 */
export async function connectThreads(importer: ThreadHandle, dependency: ThreadHandle): Promise<void> {
  if (importer.death || dependency.death) return;
  const { port1, port2 } = new MessageChannel();
  const { plugin, thread } = dependency.name;
  await Promise.all([
    unlessDead(dependency, dependency.ask('acceptImporter', [port2])),
    unlessDead(importer, importer.ask('bindImport', [plugin, thread, port1])),
  ]);
}

async function unlessDead(thread: ThreadHandle, asked: Promise<void>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!thread.death) throw error;
  }
}
