import type { MessagePort } from 'node:worker_threads';
import type { ArtifactModule } from '../lib/plugin/artifact-module.js';
import { LiveswapError } from '../lib/core/errors.js';
import { isObject } from '../lib/core/is-object.js';
import { prepareForApp, runAppsBy, runnable } from '../lib/thread/app-runtime.js';
import { despiteAll } from '../lib/thread/despite-all.js';
import { setEnvironment } from '../lib/thread/environment.js';
import { importModule, importModulesBy, type ImportModule } from '../lib/thread/import-module.js';
import { sayLastWords } from '../lib/thread/last-words.js';
import { openAppService } from '../lib/thread/app-service.js';
import { captureOutput } from '../lib/thread/output.js';
import { offerService } from '../lib/thread/services.js';
import { mapStacks } from '../lib/thread/stacks.js';
import { openPorts, unrefAll } from '../lib/thread/ports.js';
import { guardProcess } from '../lib/thread/process-guard.js';
import { warmUp } from '../lib/thread/warm-up.js';
import { VersionThread, type ImportArtifact } from '../lib/thread/version-thread.js';
import type { ServeTask, WarmUp } from '../lib/pool/thread-pool.js';

offerService('http', async () => (await import('../lib/http/thread/open-http.js')).openHttp);
offerService('app', () => Promise.resolve(openAppService));

/**
 * Returns the task of a thread. It imports modules by `load`, among them the module that runs apps, whose URL `appRuntime` returns.
 */
export default function threadTask(load: ImportModule, appRuntime: () => string): typeof serve {
  importModulesBy(load);
  runAppsBy(appRuntime);
  return serve;
}

/**
 * Serves one version until the host lets go of the thread. The promise never settles, unless the thread dies: then it rejects.
 */
async function serve(task: ServeTask): Promise<never> {
  // These are Piscina's ports, while there are no others.
  const ports = openPorts();
  // Code that is warmed up now is quick when a version starts.
  if (task.warmUp) await warmUpOrLeave(task.port, task.warmUp, ports);
  let isApp = false;
  const importVersion: ImportArtifact = async (start) => {
    const artifact = await importArtifact(start);
    // A definition that is nothing is refused later, with what to do.
    isApp = isObject(artifact.plugin) && 'app' in artifact.plugin;
    return artifact;
  };
  const thread = new VersionThread(task, importVersion, () => unrefAll(ports));
  captureOutput(thread.host);
  // Earlier answers count, even if the same turn ends the thread.
  process.once('exit', () => despiteAll(() => thread.flush()));
  sayLastWords(thread.host, {
    leave: () => {
      despiteAll(() => thread.died());
      thread.close(new LiveswapError('THREAD_CRASHED', 'This thread has died.'));
      unrefAll(ports);
    },
    handlersDecide: () => isApp,
  });
  guardProcess(() => isApp);
  return new Promise(() => {});
}

/**
 * Lets the thread leave when its port is closed meanwhile: the platform tells that only once, when there is no version yet to
 * hear it.
 */
async function warmUpOrLeave(
  port: MessagePort,
  { url, isForApp }: WarmUp,
  ports: readonly MessagePort[],
): Promise<void> {
  const leave = (): void => unrefAll(ports);
  port.once('close', leave);
  await warmUp(url, importArtifact).catch(() => {});
  if (isForApp) await prepareForApp().catch(() => {});
  port.off('close', leave);
}

async function importArtifact({ url, env }: Parameters<ImportArtifact>[0]): Promise<ArtifactModule> {
  if (env) setEnvironment(env);
  mapStacks(url);
  return runnable(await importModule(url), url);
}
