import type { ServerResponse } from 'node:http';
import { isErrored } from 'node:stream';
import { sendNodeResponse } from 'srvx/node';
import { encodeText, giveAway, SMALL_BYTES } from '../../sockets/bytes.js';
import { hasName } from './plain-headers.js';
import { wholeResponseOf, type WholeResponse } from './quick-response.js';

/**
 * Writes a response. Returns a promise if that takes longer than this turn.
 * @throws TypeError when somebody has read its body, or is reading it
 */
export function sendResponse(res: ServerResponse, response: Response): Promise<void> | undefined {
  const whole = wholeResponseOf(response);
  if (!whole) {
    // At this point an error answer is still possible. Asking a response of srvx's own class would lose its fast path.
    if (!('_toNodeResponse' in response) && (response.bodyUsed || response.body?.locked))
      throw new TypeError('The body of this Response has been read already.');
    return sendParts(res, response);
  }
  sendWhole(res, whole);
  return undefined;
}

/** A response of srvx's own class, and what it writes. Asked for these parts, it forgets them. */
interface SrvxResponse {
  _toNodeResponse(): { readonly body?: unknown };
}

/** Writes a response part by part. */
async function sendParts(res: ServerResponse, response: Response): Promise<void> {
  const parts =
    '_toNodeResponse' in response ? (response as unknown as SrvxResponse)._toNodeResponse() : undefined;
  const { body } = parts ?? response;
  await sendNodeResponse(res, parts ? ({ _toNodeResponse: () => parts } as unknown as Response) : response);
  // When the reason is falsy, as in `controller.error()`, srvx leaves the response open, and the client would wait for ever.
  const hasFailed = body instanceof ReadableStream && isErrored(body as never);
  if (hasFailed && !res.writableEnded && !res.destroyed)
    res.destroy(new Error('The body of the response failed, without a reason.'));
}

/** Writes a response whose length is known, so that it need not be sent in chunks. */
function sendWhole(res: ServerResponse, { status, statusText, rawHeaders, body }: WholeResponse): void {
  // Node would count the bytes of a long text, then join it with the head, then encode both.
  const isLongText = typeof body === 'string' && body.length > SMALL_BYTES;
  const bytes = isLongText ? giveAway(encodeText(body)) : body;
  const isFramed = hasName(rawHeaders, 'content-length') || hasName(rawHeaders, 'transfer-encoding');
  // The length of a body that HEAD leaves out is unknown.
  const isSilent = bytes === null && (res.req.method === 'HEAD' || status === 204 || status === 304);
  const length = isFramed || isSilent ? [] : ['content-length', String(lengthOf(bytes))];
  res.writeHead(status, statusText, [...rawHeaders, ...length]);
  res.end(bytes ?? undefined);
}

function lengthOf(body: WholeResponse['body']): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : (body?.length ?? 0);
}
