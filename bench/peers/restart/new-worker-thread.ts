import { parentPort, workerData } from 'node:worker_threads';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';

const { url, plugin } = workerData as { url: string; plugin: string };
const { liveFunctions } = (await import(url)) as ArtifactModule;
const edition = liveFunctions[`live_edition_${plugin}`] as unknown as () => Promise<string>;

parentPort?.on('message', async () => parentPort?.postMessage(await edition()));
