import {
  areOptions,
  checkOptions,
  isCount,
  isDuration,
  isLimit,
  isObject,
  isText,
  type Checks,
} from '../core/check-options.js';
import { isTimeable } from '../core/deadline.js';
import { warmChecks } from '../core/until-good.js';
import { headersTimeoutOf, nodeChecks, nodeOptions, type NodeOptions } from './node-options.js';
import { defaultStatuses, type Statuses } from './statuses.js';
import type { WebSocketLimits } from './websocket/limits.js';
import type { ThreadHttpOptions, TrustProxy } from './thread-options.js';

/** Certificate and key of an encrypted port, as for `node:tls`. */
export interface TlsOptions {
  /** The certificate chain, as PEM. */
  readonly cert: string | Buffer;
  /** The private key, as PEM. */
  readonly key: string | Buffer;
  /** Opens the key. Default: none. */
  readonly passphrase?: string;
  /** Authorities to trust in place of the usual ones. Default: those of Node. */
  readonly ca?: string | Buffer;
}

/** A request that is repeated until a new version answers it, before the version becomes current. */
export interface WarmOptions {
  /** The path of the GET request; an answer below 500 is enough. */
  readonly path: string;
  /** Milliseconds for which it must keep answering in this way. Default 0. */
  readonly settleMs?: number;
  /** Milliseconds after which the reload is refused. Default 30 000. */
  readonly timeoutMs?: number;
}

/** Options for answering requests, however they arrive. */
export interface AnswerOptions {
  /** Milliseconds that a request may take before it is answered with 504. Default: no limit. */
  readonly timeoutMs?: number;
  /** Bytes that a request's body may have; longer ones are answered with 413. Infinity means no limit. Default 16 MB. */
  readonly maxBodyBytes?: number;
  /** Proxies whose `x-forwarded-*` headers are trusted; those of others are removed. Default `false`: none. */
  readonly trustProxy?: TrustProxy;
  /** Bytes that a message of a WebSocket may have; a longer one closes the WebSocket with 1009. Default 1 MB. */
  readonly maxPayloadBytes?: number;
  /** Bytes that may wait for a slow client of a WebSocket; when more wait, it is closed with 1013. Default 16 MB. */
  readonly maxBufferedBytes?: number;
  /** Number of times that a GET or HEAD is tried again when its thread dies before it answers. Default 0. */
  readonly retry?: 0 | 1;
  /** Other statuses for requests that no handler has answered. Default: 500, 502, 503 and 504; see `Statuses`. */
  readonly statuses?: Partial<Statuses>;
}

/** Options of {@link toNodeHandler} and {@link toFetchHandler}. */
export interface HandlerOptions extends AnswerOptions {
  /** Name of the plugin that answers. */
  readonly plugin: string;
}

/** Options of {@link serve}. */
export interface ServeOptions extends AnswerOptions, NodeOptions {
  /** Port to listen on; 0, the default, takes any free one. */
  readonly port?: number;
  /** Address to listen on. Default: every interface. */
  readonly hostname?: string;
  /** Certificate and key of an encrypted port. Default: it is not encrypted. */
  readonly tls?: TlsOptions;
  /** Plugins by the prefix of the paths that they answer; without it, the one plugin that has `http` answers all. */
  readonly mount?: Readonly<Record<string, string>>;
  /** Sends a request to a new version before it becomes current. Default: none. */
  readonly warm?: WarmOptions;
  /** Bytes of a request's head; longer ones are answered with 431. Default 16 KB. */
  readonly maxHeaderBytes?: number;
}

/** Default options. */
export const serveDefaults = {
  port: 0,
  keepAliveTimeout: 5_000,
  headersTimeout: 60_000,
  requestTimeout: 300_000,
  maxBodyBytes: 16 * 1_024 * 1_024,
  maxHeaderBytes: 16 * 1_024,
  maxPayloadBytes: 1_024 * 1_024,
  maxBufferedBytes: 16 * 1_024 * 1_024,
  trustProxy: false,
  retry: 0,
} as const satisfies ServeOptions;

const isTrustProxy = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  value === 'loopback' ||
  (Array.isArray(value) && value.every((one) => typeof one === 'string'));

const answerChecks: Checks<Required<AnswerOptions>> = {
  timeoutMs: ['a number of milliseconds above 0', (value) => isDuration(value) && value !== 0],
  maxBodyBytes: ['a whole number of bytes, or Infinity', (value) => value === 0 || isLimit(value)],
  trustProxy: ["true, false, 'loopback' or a list of addresses", isTrustProxy],
  maxPayloadBytes: ['a whole number of bytes above 0', isCount(1)],
  maxBufferedBytes: ['a whole number of bytes above 0', isCount(1)],
  retry: ['0 or 1', (value) => value === 0 || value === 1],
  statuses: [`statuses from 400 to 599, by ${Object.keys(defaultStatuses).join(', ')}`, areStatuses],
};

const handlerChecks: Checks<Required<HandlerOptions>> = {
  ...answerChecks,
  plugin: ["a plugin's name", isText],
};

const checks: Checks<Required<ServeOptions>> = {
  ...answerChecks,
  ...nodeChecks,
  port: ['a port, 0 to 65535', (value) => isCount(0)(value) && (value as number) <= 65_535],
  hostname: ['a name or an address', (value) => typeof value === 'string'],
  tls: ['{ cert, key }', (value) => isObject(value) && 'cert' in value && 'key' in value],
  mount: ['plugin names by prefix, each beginning with /', isMountTable],
  warm: ["{ path: '/…', settleMs?, timeoutMs? }", areOptions<WarmOptions>(warmChecks, ['path'])],
  maxHeaderBytes: ['a whole number of bytes above 0', isCount(1)],
};

/** Options with every default in place. */
export type ServeSettings = ServeOptions & Required<Pick<ServeOptions, keyof typeof serveDefaults>>;

/** Fills in the defaults. @throws LiveswapError `OPTION_INVALID` naming the option */
export function resolveServeOptions(options: ServeOptions): ServeSettings {
  checkOptions(options, checks);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...serveDefaults, ...given };
  return { ...settings, headersTimeout: headersTimeoutOf(options.headersTimeout, settings) };
}

/** Works like {@link resolveServeOptions}, for a handler. @throws LiveswapError `OPTION_INVALID` naming the option */
export function resolveHandlerOptions(options: HandlerOptions): ServeSettings & { readonly plugin: string } {
  checkOptions<HandlerOptions>(options, handlerChecks, ['plugin']);
  const { plugin, ...answer } = options;
  return { ...resolveServeOptions(answer), plugin };
}

/** Settings for serving the web app of one plugin. */
export interface HttpSettings {
  /** Settings for the HTTP servers of its threads. */
  readonly thread: ThreadHttpOptions;
  readonly webSockets: WebSocketLimits;
  readonly retry: 0 | 1;
  readonly statuses: Statuses;
  /** Request that a new version must answer before it is made current. */
  readonly warm: WarmOptions | undefined;
}

export function httpSettings(settings: ServeSettings): HttpSettings {
  const { timeoutMs, maxBodyBytes, trustProxy, maxPayloadBytes, maxBufferedBytes } = settings;
  const statuses = { ...defaultStatuses, ...settings.statuses };
  return {
    thread: {
      server: nodeOptions(settings),
      timeoutMs: timeable(timeoutMs),
      maxBodyBytes,
      trustProxy,
      statuses,
    },
    webSockets: { maxPayloadBytes, maxBufferedBytes },
    retry: settings.retry,
    statuses,
    warm: undefined,
  };
}

/** Returns a time limit; none for one that no timer of Node can wait for: it would be over at once. */
function timeable(ms: number | undefined): number | undefined {
  return ms !== undefined && isTimeable(ms) ? ms : undefined;
}

function isMountTable(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([prefix, plugin]) => prefix.startsWith('/') && typeof plugin === 'string' && plugin !== '',
    )
  );
}

function areStatuses(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([name, status]) =>
        Object.hasOwn(defaultStatuses, name) && Number.isInteger(status) && status >= 400 && status <= 599,
    )
  );
}
