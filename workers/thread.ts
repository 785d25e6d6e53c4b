import type { ArtifactModule } from '../lib/plugin/artifact-module.js';
import { captureOutput } from '../lib/plugin/capture-output.js';
import { mapStacks } from '../lib/plugin/map-stacks.js';
import { VersionThread } from '../lib/plugin/version-thread.js';
import type { ServeTask } from '../lib/pool/thread-pool.js';

/** Serves one version until the host ends the thread: the promise never settles, a death rejects it. */
export default function serve(task: ServeTask): Promise<never> {
  const thread = new VersionThread(task, (url) => {
    mapStacks(url);
    return import(url) as Promise<ArtifactModule>;
  });
  captureOutput(thread.host);
  return new Promise(() => {});
}
