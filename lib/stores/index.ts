export type { StoreOptions } from './bag-store.js';
export { expressSessionStore, fastifySessionStore } from './session-stores.js';
export type { SessionCallback, SessionStore, StoredSession } from './session-stores.js';
export { ExpressRateLimitStore } from './express-rate-limit-store.js';
export type { ClientHits } from './express-rate-limit-store.js';
export { fastifyRateLimitStore } from './fastify-rate-limit-store.js';
export type { ClientCount, RateLimitCounters, RateLimitParams } from './fastify-rate-limit-store.js';
