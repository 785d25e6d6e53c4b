import { ownBuild, ownModule, replacedPackage } from '../core/own-build.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import { importModule } from './import-module.js';

/** Exports of an app's artifact: facts and adapters, but nothing that runs it. */
interface AppModule {
  readonly app: object;
}

/** The code that runs an app, the same for all of them. */
interface AppRuntime {
  readonly createApp: (app: AppModule['app'] & { readonly url: string }) => ArtifactModule;
  readonly prepareModules: () => void;
  readonly ownBuild?: string;
}

let urlOf: (() => string) | undefined;

/** Sets the module that runs apps in this thread, by a function that returns its URL. */
export function runAppsBy(runtime: () => string): void {
  urlOf = runtime;
}

/** Does the part of an app's start that is the same for all of them. */
export async function prepareForApp(): Promise<void> {
  (await appRuntime()).prepareModules();
}

/** Resolves to the module that a thread runs for an artifact, of a plugin or of an app, that was imported from the URL `at`. */
export async function runnable(module: unknown, at: string): Promise<ArtifactModule> {
  if (!isApp(module)) return module as ArtifactModule;
  const { createApp } = await appRuntime();
  return createApp({ ...module.app, url: at });
}

async function appRuntime(): Promise<AppRuntime> {
  if (!urlOf) throw new Error('Apps run in threads only.');
  const runtime = (await ownModule(importModule(urlOf()))) as AppRuntime;
  // The host has read the code of this thread when it began; this module is read now.
  if (runtime.ownBuild !== ownBuild) throw replacedPackage();
  return runtime;
}

function isApp(module: unknown): module is AppModule {
  return typeof module === 'object' && module !== null && 'app' in module;
}
