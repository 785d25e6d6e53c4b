import { LiveswapError } from '../../core/errors.js';
import { isObject } from '../../core/is-object.js';
import {
  nodeHandler,
  type ClosableApp,
  type FetchApp,
  type HttpDefinition,
  type NodeApp,
  type NodeHandler,
  type WebSocketHooks,
} from '../../plugin/http-app.js';

/** The app of a plugin, ready to be called. */
export interface ResolvedApp {
  readonly fetch: FetchApp['fetch'] | undefined;
  readonly handle: NodeHandler | undefined;
  readonly websocket: WebSocketHooks | undefined;
  close(): unknown;
}

/** Resolves to the app of a definition's `http`, calling it if it is a function. @throws LiveswapError `OPTION_INVALID` */
export async function resolveApp(
  plugin: string,
  definition: HttpDefinition | undefined,
): Promise<ResolvedApp> {
  const known = appOf(definition);
  if (known) return { ...known, close: () => {} };
  if (typeof definition !== 'function') throw notAnApp(plugin);
  const given: unknown = definition();
  const offer = appOf(given) ? given : await given;
  const made = appOf(offer);
  if (made) return { ...made, close: () => {} };
  const { handler, close } = (offer ?? {}) as Partial<ClosableApp>;
  const closable = appOf(handler) ?? (typeof handler === 'function' && asApp(undefined, handler, undefined));
  if (!closable || typeof close !== 'function') throw notAnApp(plugin);
  return { ...closable, close: () => close.call(offer) };
}

type App = Omit<ResolvedApp, 'close'>;

/** Routers such as itty-router's have a function for every name, `then` and symbols too, so only what is certain counts. */
function appOf(value: unknown): App | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const { fetch, websocket, [nodeHandler]: handle } = value as Partial<FetchApp & NodeApp>;
  const hooks = isObject(websocket) ? websocket : undefined;
  if (Object.hasOwn(value, nodeHandler) && typeof handle === 'function')
    return asApp(undefined, handle, hooks);
  if (typeof fetch !== 'function') return undefined;
  return asApp((...args) => (value as FetchApp).fetch(...args), undefined, hooks);
}

function asApp(fetch: App['fetch'], handle: App['handle'], websocket: App['websocket']): App {
  return { fetch, handle, websocket };
}

function notAnApp(plugin: string): LiveswapError {
  const message = `Cannot serve ${plugin}: its http is not an app; give it an object with fetch(request), fromNodeHandler(handler) of liveswap/http/plugin, or a function that returns one of them, or { handler, close }.`;
  return new LiveswapError('OPTION_INVALID', message, { option: 'http', plugin });
}
