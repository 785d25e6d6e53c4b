import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkArgument } from '../core/check-argument.js';
import { checkOptions, isFunction, isObject } from '../core/check-options.js';

/** Second argument of a fetch handler, beside the request. */
export interface HttpEnv {
  /** The plugin's name. */
  readonly plugin: string;
  /** The prefix that was removed from the URL; `/` if there was none. */
  readonly mount: string;
  /** The client's address; behind a trusted proxy, the one that the proxy reports. */
  readonly remoteAddress: string | undefined;
  /** True when the client's connection is encrypted. */
  readonly encrypted: boolean;
  /** Keeps the version alive until the promise settles. */
  waitUntil(promise: Promise<unknown>): void;
}

/** An app that answers requests of the Fetch API: Hono, h3, Elysia, itty-router, or your own object. */
export interface FetchApp {
  /** Answers a request. */
  fetch(request: Request, env: HttpEnv, context: HttpContext): Response | Promise<Response>;
  /** Handlers for WebSockets; without them, an upgrade is refused. */
  readonly websocket?: WebSocketHooks;
}

/** The third argument of a fetch handler, as workers have it. */
export interface HttpContext {
  /** Keeps the version alive until the promise settles. */
  waitUntil(promise: Promise<unknown>): void;
  /** Does nothing: there is no server behind this one. */
  passThroughOnException(): void;
  /** Always empty. */
  readonly props: Readonly<Record<string, unknown>>;
}

/** A handler of Node's own kind: Express, `koa.callback()`, connect, `fastify.routing`. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Result of {@link fromNodeHandler}. */
export interface NodeApp {
  /** The handler that was given. */
  readonly [nodeHandler]: NodeHandler;
  /** Handlers for WebSockets; without them, an upgrade is refused. */
  readonly websocket?: WebSocketHooks;
}

/** An app, and the function that ends it when its version is retired. */
export interface ClosableApp {
  /** The app. */
  readonly handler: FetchApp | NodeApp | NodeHandler;
  /** Ends the app, within `freeMs`. */
  close(): unknown;
}

/** Possible values of `http` in a definition: an app, or a function that makes one in each thread. */
export type HttpDefinition = FetchApp | NodeApp | (() => HttpOffer | Promise<HttpOffer>);
export type HttpOffer = FetchApp | NodeApp | ClosableApp;

/** The key of the handler in the result of {@link fromNodeHandler}, shared by all copies of this module. */
export const nodeHandler: unique symbol = Symbol.for('liveswap.nodeHandler') as never;

/**
 * Makes an app from a handler that takes Node's request and response.
 *
 * @example
 * const app = express().get('/', (_request, response) => void response.send('Winter is coming.'));
 * export default definePlugin({ http: fromNodeHandler(app) });
 * @throws LiveswapError `OPTION_INVALID`
 */
export function fromNodeHandler(
  handler: NodeHandler,
  options: { readonly websocket?: WebSocketHooks } = {},
): NodeApp {
  checkArgument('handler', handler, ['a function (request, response)', isFunction]);
  checkOptions(options, { websocket: ['an object of hooks', isObject] });
  return { [nodeHandler]: handler, ...options };
}

/** A message that a peer sent; as in crossws. */
export interface Message {
  /** The id of the message, different for each. */
  readonly id: string;
  /** The client that sent it: always set here. */
  readonly peer?: Peer;
  /** The message as it came: text, or bytes. */
  readonly rawData: unknown;
  /** The same as {@link rawData}. */
  readonly data: unknown;
  /** Returns it as text. */
  text(): string;
  /** Parses the message. @throws SyntaxError */
  json<T = unknown>(): T;
  /** Returns the bytes of the message. */
  uint8Array(): Uint8Array;
  /** Returns its bytes as a buffer. */
  arrayBuffer(): ArrayBuffer | SharedArrayBuffer;
  /** Returns its bytes as a blob. */
  blob(): Blob;
  /** Returns it as text. */
  toString(): string;
}

/** Options for sending. */
export interface SendOptions {
  /** True to compress, where the connection can. Default `false`. */
  readonly compress?: boolean;
}

/** One client of a WebSocket; as in crossws. Its socket belongs to the host and outlives the version. */
export interface Peer {
  /** The id of the peer, which never changes. */
  readonly id: string;
  /** The client's address. */
  readonly remoteAddress: string | undefined;
  /** The request that was upgraded. */
  readonly request: Request;
  /** Peers receive only what is published in their own namespace. */
  readonly namespace: string;
  /** Plain data of the peer, at most 16 KB; the next version reads what one version wrote. */
  readonly context: Record<string, unknown>;
  /** Topics to which the peer has subscribed. */
  readonly topics: ReadonlySet<string>;
  /** Bytes that wait to be sent, as last heard. */
  readonly bufferedAmount: number;
  /** The readable facts of the socket: `protocol`, `extensions`, `url` and `readyState`. */
  readonly websocket: {
    readonly protocol?: string;
    readonly extensions?: string;
    readonly url?: string;
    readonly readyState?: number;
  };
  /** Sends a message; returns the number of its bytes. */
  send(data: unknown, options?: SendOptions): number | void;
  /** Sends to all subscribers except this peer. */
  publish(topic: string, data: unknown, options?: SendOptions): void;
  /** Subscribes to a topic. */
  subscribe(topic: string): void;
  /** Unsubscribes from a topic. */
  unsubscribe(topic: string): void;
  /** Closes the connection, with a code and a reason. */
  close(code?: number, reason?: string): void;
  /** Cuts the connection. */
  terminate(): void;
  /** Sends a ping of at most 125 bytes; the hook `pong` runs when the client answers. */
  ping(data?: unknown): number | void;
  /** Resolves when no more than `threshold` bytes wait. */
  waitForDrain(options?: { readonly threshold?: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Returns the id of the peer. */
  toString(): string;
}

/**
 * Handlers for the WebSockets of a plugin. They are the hooks of crossws, so the result of its `defineHooks` is accepted, too.
 * The hooks of one peer run one at a time, also across a swap.
 */
export interface WebSocketHooks {
  /** Throws or returns a `Response` to refuse the upgrade; may return `{ headers, context, namespace, protocol }`. */
  upgrade?(request: Request & { readonly context: Record<string, unknown> }): unknown;
  /** The connection is open. */
  open?(peer: Peer): unknown;
  /** A message has come. */
  message?(peer: Peer, message: Message): unknown;
  /** All waiting bytes have been sent. */
  drain?(peer: Peer): unknown;
  /** The connection is closed. */
  close?(peer: Peer, details: { readonly code?: number; readonly reason?: string }): unknown;
  /** A hook threw, or its thread died: `THREAD_CRASHED`. */
  error?(peer: Peer, error: Error): unknown;
  /** The client has sent a ping, which is answered already. */
  ping?(peer: Peer, data: Uint8Array): unknown;
  /** The client has answered a ping. */
  pong?(peer: Peer, data: Uint8Array): unknown;
}
