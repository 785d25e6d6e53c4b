export { HttpServer } from './http-server.js';
export { serveDefaults, type ServeOptions, type TlsOptions, type WarmOptions } from './options.js';
export { serve } from './serve.js';
export type { TrustProxy } from './thread-options.js';
