// Runs an app in its thread, and provides the `liveswap/plugin` that the files of the app import.
export { adaptedPackage } from './adapted-packages.js';
export { createApp } from './app.js';
export type { AppSpec } from './app-spec.js';
export { prepareModules } from './modules.js';
export { ownBuild } from '../core/own-build.js';
export { registerOwnSymbols } from '../plugin/own-symbols.js';
export * from '../plugin/index.js';
export * from '../stores/index.js';
