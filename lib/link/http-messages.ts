import { headerEntries } from './data-placeholders.js';
import type { Placeholder, SentRequest, SentResponse, StreamPlaceholder } from './protocol.js';

/** Sends the parts of a message that have an identity. */
export interface PartSender {
  /** @throws when somebody reads the body already */
  body(stream: ReadableStream): StreamPlaceholder | undefined;
  /** Sends the signal of `owner`. */
  signal(signal: AbortSignal, owner: object): Placeholder | undefined;
}

/** Receives such parts. */
export interface PartReader {
  body(placeholder: StreamPlaceholder): ReadableStream;
  signal(placeholder: Placeholder): AbortSignal;
}

/** Properties from which a request is made again, among those that its constructor takes. */
const kept = [
  'method',
  'redirect',
  'integrity',
  'keepalive',
  'credentials',
  'cache',
  'referrerPolicy',
] as const;

export function sendRequest(request: Request, parts: PartSender): SentRequest {
  const { url, headers, mode, signal } = request;
  return {
    url,
    init: {
      ...Object.fromEntries(kept.map((name) => [name, request[name]])),
      // The mode `navigate` can be read, but no request can be made with it.
      ...(mode !== 'navigate' && { mode }),
    },
    headers: headerEntries(headers),
    body: sendBody(request, parts),
    signal: parts.signal(signal, request),
  };
}

export function readRequest({ url, init, headers, body, signal }: SentRequest, parts: PartReader): Request {
  return new Request(url, {
    ...init,
    headers: headers as [string, string][],
    ...(body && { body: parts.body(body), duplex: 'half' }),
    ...(signal && { signal: parts.signal(signal) }),
  });
}

export function sendResponse(response: Response, parts: PartSender): SentResponse {
  const { url, status, statusText, type, redirected, headers } = response;
  const body = sendBody(response, parts);
  return { url, status, statusText, type, redirected, headers: headerEntries(headers), body };
}

export function readResponse(sent: SentResponse, parts: PartReader): Response {
  if (sent.type === 'error') return Response.error();
  const { status, statusText, headers, body } = sent;
  const init = { status, statusText, headers: headers as [string, string][] };
  const response = new Response(body ? parts.body(body) : null, init);
  // The constructor takes none of these, and they are read-only.
  for (const name of ['url', 'type', 'redirected'] as const) {
    if (response[name] !== sent[name]) Object.defineProperty(response, name, { value: sent[name] });
  }
  return response;
}

function sendBody(message: Request | Response, parts: PartSender): StreamPlaceholder | undefined {
  if (message.bodyUsed) throw new TypeError('its body has been read already');
  return message.body ? parts.body(message.body) : undefined;
}
