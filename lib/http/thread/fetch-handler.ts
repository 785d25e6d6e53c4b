import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import type { FetchApp, HttpContext, HttpEnv, NodeHandler } from '../../plugin/http-app.js';
import type { ServiceHost } from '../../thread/services.js';
import type { ThreadHttpOptions } from '../thread-options.js';
import { labelOf } from './label-of.js';

/** Answers Node's requests with a fetch handler. */
export function fetchHandler(
  fetch: FetchApp['fetch'],
  host: Pick<ServiceHost, 'plugin' | 'waitUntil'>,
  { trustProxy }: Pick<ThreadHttpOptions, 'trustProxy'>,
): NodeHandler {
  const waitUntil = (promise: Promise<unknown>): void => host.waitUntil(promise);
  const context: HttpContext = { waitUntil, passThroughOnException: () => {}, props: {} };
  return async (req: IncomingMessage, res: ServerResponse) => {
    const request = new NodeRequest({ req, res, trustProxy: trustProxy as boolean }) as Request & {
      readonly ip?: string;
    };
    const env: HttpEnv = {
      plugin: host.plugin,
      mount: labelOf(req.socket).mount,
      get remoteAddress() {
        return request.ip;
      },
      get encrypted() {
        return new URL(request.url).protocol === 'https:';
      },
      waitUntil,
    };
    const response: unknown = await fetch(request, env, context);
    if (isResponse(response)) return sendNodeResponse(res, response);
    throw new TypeError(
      `fetch() must return a Response, or a promise of one; it returned ${typeof response}.`,
    );
  };
}

/** Frameworks have classes of their own for it, which not all inherit from the platform's. */
function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}
