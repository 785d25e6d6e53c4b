import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';
import { writePlugins, type Files } from '../helpers/write-plugins.js';

const packages = fileURLToPath(new URL('node_modules', import.meta.url));

/** An app as its framework's own documentation begins, and the requests to it. Types and rules are on. */
interface FrameworkApp {
  readonly files: Files;
  readonly asked: readonly { readonly path: string; readonly body?: unknown; readonly answer: string }[];
}

const apps: Readonly<Record<string, FrameworkApp>> = {
  trpc: {
    files: {
      'index.ts': `
        import { initTRPC } from '@trpc/server';
        import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
        import { definePlugin } from 'liveswap/plugin';
        const t = initTRPC.create();
        const appRouter = t.router({
          hello: t.procedure.query(() => 'Hello trpc!'),
          echo: t.procedure.input((value: unknown) => value as { winter: string }).mutation(({ input }) => input),
        });
        export type AppRouter = typeof appRouter;
        export default definePlugin({
          http: {
            fetch: (req) => fetchRequestHandler({ endpoint: '/trpc', req, router: appRouter, createContext: () => ({}) }),
          },
        });`,
    },
    asked: [
      { path: 'trpc/hello', answer: '{"result":{"data":"Hello trpc!"}}' },
      {
        path: 'trpc/echo',
        body: { winter: 'is coming' },
        answer: '{"result":{"data":{"winter":"is coming"}}}',
      },
    ],
  },
  'graphql-yoga': {
    files: {
      'index.ts': `
        import { createSchema, createYoga } from 'graphql-yoga';
        import { definePlugin } from 'liveswap/plugin';
        const yoga = createYoga({
          schema: createSchema({
            typeDefs: 'type Query { hello: String }',
            resolvers: { Query: { hello: () => 'Hello yoga!' } },
          }),
        });
        export default definePlugin({ http: { fetch: (request) => yoga.fetch(request) } });`,
    },
    asked: [{ path: 'graphql', body: { query: '{ hello }' }, answer: '{"data":{"hello":"Hello yoga!"}}' }],
  },
  nest: {
    files: {
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          strict: true,
          module: 'nodenext',
          target: 'es2022',
          experimentalDecorators: true,
          skipLibCheck: true,
        },
      }),
      'index.ts': `
        import 'reflect-metadata';
        import { Body, Controller, Get, Module, Post } from '@nestjs/common';
        import { NestFactory } from '@nestjs/core';
        import { definePlugin } from 'liveswap/plugin';
        import { fromNodeHandler } from 'liveswap/http/plugin';
        @Controller()
        class AppController {
          @Get() hello(): string { return 'Hello nest!'; }
          @Post('echo') echo(@Body() body: unknown): unknown { return body; }
        }
        @Module({ controllers: [AppController] })
        class AppModule {}
        export default definePlugin({
          http: async () => {
            const app = await NestFactory.create(AppModule, { logger: false });
            await app.init();
            return { handler: fromNodeHandler(app.getHttpAdapter().getInstance()), close: () => app.close() };
          },
        });`,
    },
    asked: [
      { path: '', answer: 'Hello nest!' },
      { path: 'echo', body: { winter: 'is coming' }, answer: '{"winter":"is coming"}' },
    ],
  },
};

test.each(Object.entries(apps))(
  '%s serves as a plugin, before and after a reload',
  async (name, { files, asked }) => {
    const folder = await tempFolder();
    await symlink(packages, join(folder, 'node_modules'), 'junction');
    const sources = await writePlugins(join(folder, 'plugins'), { [name]: files });
    await build({ sources, outDir: join(folder, 'out') });
    const swapper = openSwapper(join(folder, 'out'));
    await swapper.load();
    const { url } = await openServer(swapper);
    for (const isForced of [false, true]) {
      if (isForced) await swapper.reload(undefined, { force: true });
      for (const { path, body, answer } of asked) {
        const request =
          body === undefined
            ? {}
            : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
        expect(await (await fetch(url + path, request)).text()).toBe(answer);
      }
    }
  },
);
