// What runs an app in its thread, and the `liveswap/plugin` that its own files find.
export { adaptedPackage } from './adapted-packages.js';
export { createApp, type AppSpec } from './app.js';
export { prepareModules } from './modules.js';
export { registerOwnSymbols } from '../plugin/own-symbols.js';
export * from '../plugin/index.js';
export * from '../stores/index.js';
