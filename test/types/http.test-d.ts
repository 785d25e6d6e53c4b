import { defineHooks, type Hooks } from 'crossws';
import { Hono } from 'hono';
import { expectTypeOf, test } from 'vitest';
import type { HttpServer, ServeOptions } from '../../lib/http/index.js';
import { fromNodeHandler, type NodeApp, type WebSocketHooks } from '../../lib/http/plugin/index.js';
import { definePlugin } from '../../lib/plugin/index.js';

test('an app of a framework is an http', () => {
  const app = new Hono().get('/', (c) => c.text('hello'));
  definePlugin({ http: app });
  definePlugin({ http: async () => app });
  definePlugin({ http: () => ({ handler: app, close: () => {} }) });
  definePlugin({ http: fromNodeHandler((_request, response) => void response.end()) });
  // @ts-expect-error a text is none
  definePlugin({ http: 'hello' });
});

test("crossws' hooks are WebSocket hooks", () => {
  const hooks = defineHooks({
    upgrade: (request) => ({ context: { path: request.url } }),
    open: (peer) => peer.subscribe('hall'),
    message: (peer, message) => void peer.send(message.text()),
    close: (peer, { code }) => peer.publish('hall', code),
    error: (_peer, error) => void error.message,
  });
  expectTypeOf(hooks).toExtend<WebSocketHooks>();
  expectTypeOf<Partial<Hooks>>().toExtend<WebSocketHooks>();
  definePlugin({ http: { fetch: () => new Response('hail'), websocket: hooks } });
  const websocket: WebSocketHooks = {
    message(peer, message) {
      peer.context['heard'] = message.json();
      expectTypeOf(message.text()).toBeString();
    },
  };
  expectTypeOf(fromNodeHandler(() => {}, { websocket })).toExtend<NodeApp>();
});

test('a server has its address', () => {
  expectTypeOf<HttpServer['url']>().toBeString();
  expectTypeOf<HttpServer['close']>().returns.toEqualTypeOf<Promise<void>>();
  expectTypeOf<ServeOptions['mount']>().toEqualTypeOf<Readonly<Record<string, string>> | undefined>();
});
