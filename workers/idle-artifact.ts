import type { ArtifactModule } from '../lib/plugin/artifact-module.js';

// This artifact does nothing: threads on standby warm up with it.

export const plugin: ArtifactModule['plugin'] = {};
export const symbols: ArtifactModule['symbols'] = {};
export const liveFunctions: ArtifactModule['liveFunctions'] = { live_warmUp: () => {} };
export const liveTypes: ArtifactModule['liveTypes'] = {};
export const bind = (): void => {};
