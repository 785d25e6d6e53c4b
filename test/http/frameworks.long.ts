import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { serve, type HttpServer } from '../../lib/http/index.js';
import { Swapper } from '../../lib/index.js';
import { writePlugins } from '../helpers/write-plugins.js';

/** Each framework's app as its own documentation begins, with what makes a plugin of it. Types and rules are on. */
const apps = {
  hono: `
    import { Hono } from 'hono';
    import { definePlugin } from 'liveswap/plugin';
    const app = new Hono();
    app.get('/', (c) => c.text('Hello Hono!'));
    app.post('/echo', async (c) => c.json(await c.req.json()));
    export default definePlugin({ http: app });`,
  express: `
    import express from 'express';
    import { definePlugin } from 'liveswap/plugin';
    import { fromNodeHandler } from 'liveswap/http/plugin';
    const app = express();
    app.use(express.json());
    app.get('/', (req, res) => { res.send('Hello express!'); });
    app.post('/echo', (req, res) => { res.json(req.body); });
    export default definePlugin({ http: fromNodeHandler(app) });`,
  koa: `
    import Koa from 'koa';
    import { definePlugin } from 'liveswap/plugin';
    import { fromNodeHandler } from 'liveswap/http/plugin';
    const app = new Koa();
    app.use(async (ctx) => {
      let text = '';
      if (ctx.path === '/echo') { for await (const chunk of ctx.req) text += String(chunk); ctx.type = 'json'; ctx.body = text; }
      else ctx.body = 'Hello koa!';
    });
    export default definePlugin({ http: fromNodeHandler(app.callback()) });`,
  fastify: `
    import Fastify from 'fastify';
    import { definePlugin } from 'liveswap/plugin';
    import { fromNodeHandler } from 'liveswap/http/plugin';
    const fastify = Fastify({ logger: false });
    fastify.get('/', async () => 'Hello fastify!');
    fastify.post('/echo', async (request) => request.body);
    export default definePlugin({
      http: async () => { await fastify.ready(); return fromNodeHandler(fastify.routing); },
    });`,
  h3: `
    import { H3 } from 'h3';
    import { definePlugin } from 'liveswap/plugin';
    const app = new H3();
    app.get('/', () => 'Hello h3!');
    app.post('/echo', async (event) => event.req.json());
    export default definePlugin({ http: app });`,
} as const;
type Framework = keyof typeof apps;
const frameworks = Object.keys(apps) as Framework[];

let folder = '';
let swapper: Swapper;
let server: HttpServer;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'liveswap-')));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  const files = Object.fromEntries(frameworks.map((name) => [`${name}-app`, { 'index.ts': apps[name] }]));
  const sources = await writePlugins(join(folder, 'plugins'), files);
  await build({ sources, outDir: join(folder, 'out') });
  swapper = new Swapper(join(folder, 'out'), { standby: false });
  await swapper.load();
  const mount = Object.fromEntries(frameworks.map((name) => [`/${name}`, `${name}-app`]));
  server = await serve(swapper, { hostname: '127.0.0.1', mount });
});

afterAll(async () => {
  await swapper?.destroy();
  await rm(folder, { recursive: true, force: true });
});

test.each(frameworks)('%s serves as a plugin, as its documentation begins', async (name) => {
  const hello = await fetch(`${server.url}${name}/`);
  expect([hello.status, await hello.text()]).toEqual([200, `Hello ${name === 'hono' ? 'Hono' : name}!`]);
  const echo = await fetch(`${server.url}${name}/echo`, {
    method: 'POST',
    body: JSON.stringify({ winter: 'is coming' }),
    headers: { 'content-type': 'application/json' },
  });
  expect(await echo.json()).toEqual({ winter: 'is coming' });
});
