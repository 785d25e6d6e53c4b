import { isThenable } from '../../core/is-thenable.js';
import type { FetchApp, HttpContext, HttpEnv } from '../../plugin/http-app.js';
import type { ServiceHost } from '../../thread/services.js';
import type { ThreadHttpOptions } from '../thread-options.js';
import type { Answering } from './answering.js';
import { labelOf } from './label-of.js';
import { QuickRequest } from './quick-request.js';
import { sendResponse } from './send-response.js';

/** Answers Node's requests with a fetch handler. */
export function fetchHandler(
  fetch: FetchApp['fetch'],
  host: Pick<ServiceHost, 'plugin' | 'waitUntil'>,
  { trustProxy }: Pick<ThreadHttpOptions, 'trustProxy'>,
): Answering {
  const waitUntil = (promise: Promise<unknown>): void => host.waitUntil(promise);
  const context: HttpContext = { waitUntil, passThroughOnException: () => {}, props: {} };
  return (req, res, returned) => {
    const asked = { req, res, trustProxy: trustProxy as boolean };
    const request = new QuickRequest(asked) as unknown as Request & { readonly ip?: string };
    // Getters made for each request would each need a hidden class, which keeps the request until a full garbage collection.
    const env: HttpEnv = {
      plugin: host.plugin,
      mount: labelOf(req.socket).mount,
      remoteAddress: request.ip,
      encrypted: request.url.startsWith('https:'),
      waitUntil,
    };
    const send = (response: unknown): Promise<void> | undefined => {
      returned();
      if (isResponse(response)) return sendResponse(res, response);
      throw new TypeError(
        `fetch() must return a Response, or a promise of one; it returned ${typeof response}.`,
      );
    };
    const response = fetch(request, env, context);
    return isThenable(response) ? Promise.resolve(response).then(send) : send(response);
  };
}

/**
 * Returns whether a value is a response, by its members: frameworks have classes of their own, and not all inherit from the
 * platform's.
 */
function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}
