import { onTestFinished } from 'vitest';
import { serve, type HttpServer, type ServeOptions } from '../../lib/http/index.js';
import type { Swapper } from '../../lib/index.js';

/** Opens a server of `swapper` that is closed when the running test is over. */
export async function openServer(swapper: Swapper, options: ServeOptions = {}): Promise<HttpServer> {
  const server = await serve(swapper, { hostname: '127.0.0.1', ...options });
  onTestFinished(() => server.destroy());
  return server;
}
