import { parentPort } from 'node:worker_threads';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';

// This thread is up before it is told what to import.

parentPort?.once('message', async ({ url, plugin }: { url: string; plugin: string }) => {
  const { liveFunctions } = (await import(url)) as ArtifactModule;
  const edition = liveFunctions[`live_edition_${plugin}`] as unknown as () => Promise<string>;
  parentPort?.postMessage(await edition());
});
