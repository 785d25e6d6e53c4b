import type { RunnableArtifact } from '../manifest/runnable-artifact.js';
import type { StaticPlugin } from './static-plugins.js';

const nothing = (): Promise<void> => Promise.resolve();

/** Returns a statically linked plugin as an artifact; `file` is the path of the artifact at link time. */
export function linkedArtifact({ manifest, hash }: StaticPlugin, file: string): RunnableArtifact {
  const copyElsewhere = (): Promise<string> => Promise.resolve('');
  return { manifest, hash, file, url: '', use: nothing, restore: nothing, copyElsewhere, release: nothing };
}
