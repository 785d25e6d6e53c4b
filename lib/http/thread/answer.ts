import { STATUS_CODES, type ServerResponse } from 'node:http';

/**
 * Answers with a status and its text. Cuts the connection if an answer has begun, so that nobody mistakes a part for the whole.
 */
export function answerStatus(
  res: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  if (res.headersSent) {
    if (!res.writableEnded) res.destroy();
    return;
  }
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  const text = STATUS_CODES[status] ?? '';
  // Otherwise, the status text of an answer that failed would stay.
  res.writeHead(status, text, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  res.end(text);
}
