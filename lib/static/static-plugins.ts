import type { Manifest } from '../manifest/manifest.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';

/** One statically linked plugin: its artifact as a module, with the facts that would be read from the file. */
export interface StaticPlugin {
  /** The artifact's module. */
  readonly module: ArtifactModule;
  /** The facts about the plugin. */
  readonly manifest: Manifest;
  /** SHA-256 of the artifact's bytes, in hexadecimal. */
  readonly hash: string;
}

/** Exports of `static-plugins.mjs`, by plugin name. */
export type StaticPlugins = Readonly<Record<string, StaticPlugin>>;
