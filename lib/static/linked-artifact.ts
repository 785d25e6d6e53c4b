import type { RunnableArtifact } from '../manifest/runnable-artifact.js';
import type { StaticPlugin } from './static-plugins.js';

const nothing = (): Promise<void> => Promise.resolve();

/** A statically linked plugin as an artifact; `file` is where its artifact was when it was linked. */
export function linkedArtifact({ manifest, hash }: StaticPlugin, file: string): RunnableArtifact {
  return { manifest, hash, file, url: '', use: nothing, restore: nothing, release: nothing };
}
