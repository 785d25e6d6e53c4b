export { serveApp, type ServedApp } from './serve-app.js';
export type { ServeAppOptions, WarmAppOptions } from './options.js';
