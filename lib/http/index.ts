export { HttpServer } from './http-server.js';
export {
  serveDefaults,
  type AnswerOptions,
  type HandlerOptions,
  type ServeOptions,
  type TlsOptions,
  type WarmOptions,
} from './options.js';
export { serve } from './serve.js';
export type { Statuses } from './statuses.js';
export { toFetchHandler, type FetchRequestHandler } from './to-fetch-handler.js';
export { toNodeHandler, type NodeRequestHandler } from './to-node-handler.js';
export type { TrustProxy } from './thread-options.js';
