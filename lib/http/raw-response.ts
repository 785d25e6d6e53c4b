import { STATUS_CODES } from 'node:http';

/** Returns the bytes of a whole response, for a connection that closes after it. */
export function rawResponse(status: number, headers: Readonly<Record<string, string>> = {}): string {
  const text = STATUS_CODES[status] ?? '';
  const lines = Object.entries({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(text.length),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${text}\r\n${lines.join('')}\r\n${text}`;
}
