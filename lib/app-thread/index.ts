// Contents of an app's artifact: the code that runs the app, and the `liveswap/plugin` that its own files find.
export { adaptedPackage } from './adapted-packages.js';
export { createApp, type AppSpec } from './app.js';
export { registerOwnSymbols } from '../plugin/own-symbols.js';
export * from '../plugin/index.js';
export * from '../stores/index.js';
