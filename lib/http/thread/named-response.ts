import { ServerResponse, STATUS_CODES } from 'node:http';

/** A response whose status is named where nobody names it: a `Response` has an empty text then, which Node would send as it is. */
export class NamedResponse extends ServerResponse {
  override writeHead(...args: unknown[]): this {
    const [status, reason] = args;
    if (reason === '') args[1] = STATUS_CODES[status as number] ?? '';
    return super.writeHead(...(args as Parameters<ServerResponse['writeHead']>));
  }
}
