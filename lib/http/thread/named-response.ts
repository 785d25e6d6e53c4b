import { ServerResponse, STATUS_CODES } from 'node:http';

/** Returns a response whose status has a text: a `Response` without one has an empty text, which Node would send unchanged. */
export class NamedResponse extends ServerResponse {
  override writeHead(...args: unknown[]): this {
    const [status, reason] = args;
    if (reason === '') args[1] = STATUS_CODES[status as number] ?? '';
    return super.writeHead(...(args as Parameters<ServerResponse['writeHead']>));
  }
}
