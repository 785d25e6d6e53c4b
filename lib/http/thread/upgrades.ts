import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { NodeRequest } from 'srvx/node';
import { clearTimeout, setTimeout } from '../../core/timers.js';
import { IncomingCall } from '../../link/incoming-call.js';
import type { WebSocketHooks } from '../../plugin/http-app.js';
import { CrossedSocket } from '../../sockets/thread/crossed-socket.js';
import type { TunnelEnd } from '../../sockets/thread/tunnel-end.js';
import type { ServiceHost } from '../../thread/services.js';
import type { ThreadHttpOptions } from '../thread-options.js';
import { CARRIER_HEADER } from '../carrier-header.js';
import { rawResponse } from '../raw-response.js';
import { checkTopic } from '../websocket/check-control.js';
import { headerLinesOf } from '../websocket/header-lines.js';
import type { Upgrade } from '../websocket/notes.js';
import { isOfConnection } from '../exchange/response-reader.js';
import { clientGone, tooLate } from './abort-reasons.js';
import { dropForged, dropHeaders } from './drop-headers.js';
import { labelOf } from './label-of.js';

/** Result of the hook `upgrade`, as in crossws. */
interface Accepted {
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  readonly namespace?: string;
  readonly context?: Record<string, unknown>;
  readonly protocol?: string;
}

type UpgradeRequest = Request & { readonly context: Record<string, unknown>; readonly ip?: string };

/** Asks a plugin whether a WebSocket may be opened; the socket of an accepted one belongs to the host from then on. */
export class Upgrades {
  readonly #hooks: WebSocketHooks;
  readonly #host: ServiceHost;
  readonly #options: ThreadHttpOptions;
  readonly #end: TunnelEnd;

  constructor(hooks: WebSocketHooks, host: ServiceHost, options: ThreadHttpOptions, end: TunnelEnd) {
    this.#hooks = hooks;
    this.#host = host;
    this.#options = options;
    this.#end = end;
  }

  async answer(req: IncomingMessage, socket: unknown, head: Buffer): Promise<void> {
    if (!(socket instanceof CrossedSocket)) return;
    // The server has removed its own error listener: a client that disconnects now would end the thread.
    socket.on('error', () => {});
    const release = this.#host.hold();
    const call = new IncomingCall('websocket upgrade');
    const onClose = (): void => call.abort(clientGone());
    socket.once('close', onClose);
    // A client that writes no more has gone, as for requests.
    const onEnd = (): void => void socket.destroy();
    socket.once('end', onEnd);
    const { timeoutMs, statuses } = this.#options;
    const late = (): void => {
      call.abort(tooLate(call.name, timeoutMs as number));
      socket.end(rawResponse(statuses.late), 'latin1');
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    try {
      const decided = await this.#ask(req, call);
      if (socket.destroyed || socket.writableEnded) return;
      // When the socket leaves this thread, it does not end.
      socket.off('close', onClose).off('end', onEnd);
      if (Buffer.isBuffer(decided)) socket.end(decided);
      else this.#end.handOver(socket, decided, [head]);
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  /** Resolves to the upgrade, or to the bytes of the response when the upgrade is refused. */
  async #ask(req: IncomingMessage, call: IncomingCall): Promise<Upgrade | Buffer> {
    const { trustProxy } = this.#options;
    dropForged(req, trustProxy);
    dropHeaders(req, (name) => name === CARRIER_HEADER);
    const context: Record<string, unknown> = {};
    const plain = new NodeRequest({ req, trustProxy: trustProxy as boolean });
    // srvx notices that a client has gone only for requests that have a response.
    const own = { context: { value: context }, signal: { get: () => call.signal } };
    const request = Object.defineProperties(plain, own) as unknown as UpgradeRequest;
    try {
      const result: unknown = await this.#host
        .run(call, async () => this.#hooks.upgrade?.(request))
        .catch(thrownResponse);
      if (result instanceof Response) return await refusalOf(result);
      return this.#upgradeOf(req, request, context, result ?? {});
    } catch (error) {
      this.#host.log.error({ err: error, url: req.url }, `websocket.upgrade of ${this.#host.plugin} failed.`);
      return Buffer.from(rawResponse(500), 'latin1');
    }
  }

  #upgradeOf(req: IncomingMessage, request: UpgradeRequest, context: object, accepted: Accepted): Upgrade {
    const { mount } = labelOf(req.socket);
    const { pathname } = new URL(request.url);
    const { namespace = mount === '/' ? pathname : mount + pathname } = accepted;
    checkTopic(namespace, 'namespace');
    const kept = { ...context, ...accepted.context };
    const headers = new Headers(accepted.headers);
    // The protocol becomes a header; a value that would become two headers is refused.
    if (accepted.protocol !== undefined) headers.set('sec-websocket-protocol', accepted.protocol);
    const protocol = headers.get('sec-websocket-protocol') ?? undefined;
    headers.delete('sec-websocket-protocol');
    return {
      kind: 'websocket',
      url: request.url,
      headerLines: headerLinesOf(req.rawHeaders),
      namespace,
      remoteAddress: request.ip,
      headers: [...headers].flat(),
      protocol,
      context: Object.keys(kept).length > 0 ? this.#host.wrap(kept) : undefined,
    };
  }
}

/** Returns the response that a hook has thrown. @throws whatever else it has thrown */
function thrownResponse(error: unknown): Response {
  const response = (error as { readonly response?: unknown } | undefined)?.response ?? error;
  if (response instanceof Response) return response;
  throw error;
}

/** Resolves to the bytes of a response, after which the connection cannot be used. @throws if its body cannot be read */
async function refusalOf(response: Response): Promise<Buffer> {
  const body = Buffer.from(await response.arrayBuffer());
  const { status, statusText, headers } = response;
  const lines = [...headers]
    .filter(([name]) => name !== 'content-length' && !isOfConnection(name))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${statusText || (STATUS_CODES[status] ?? '')}\r\n${lines.join('')}connection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
