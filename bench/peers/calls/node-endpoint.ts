import { createRequire } from 'node:module';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Endpoint } from 'comlink';

/** Comlink's own adapter for Node, which has no types where a module can import it. */
export const nodeEndpoint = createRequire(import.meta.url)('comlink/dist/umd/node-adapter.js') as (
  port: MessagePort | Worker,
) => Endpoint;
