import { Agent, get } from 'node:http';
import { expect, test } from 'vitest';
import type { ServedApp } from '../../lib/app/index.js';
import { touch } from '../helpers/adapted-app.js';
import { appWithPackages } from './linked-packages.js';

const RELOADS = 20;

const express = `
const express = require('express');
const session = require('express-session');
const { rateLimit } = require('express-rate-limit');
const app = express();
app.use(session({ secret: 'sword', resave: false, saveUninitialized: false, cookie: { maxAge: 60_000 } }));
app.get('/visits', (request, response) => {
  request.session.visits = (request.session.visits ?? 0) + 1;
  response.json(request.session.visits);
});
app.get('/limited', rateLimit({ windowMs: 600_000, limit: 1e6 }), (request, response) => response.json(request.rateLimit.used));
app.listen(0, '127.0.0.1');`;

const fastify = `
const fastify = require('fastify')();
fastify.register(require('@fastify/cookie'));
fastify.register(require('@fastify/session'), { secret: 'a secret of more than thirty-two characters', cookie: { secure: false, maxAge: 60_000 } });
fastify.register(require('@fastify/rate-limit'), { max: 1e6, timeWindow: 600_000 });
fastify.after(() => {
  fastify.get('/visits', { config: { rateLimit: false } }, async (request) => {
    request.session.visits = (request.session.visits ?? 0) + 1;
    return request.session.visits;
  });
  fastify.get('/limited', async (request, reply) => 1e6 - Number(reply.getHeader('x-ratelimit-remaining')));
});
fastify.listen({ port: 0, host: '127.0.0.1' });`;

test.each([
  ['Express', express],
  ['Fastify', fastify],
])(
  '%s: sessions and counters live through twenty reloads under load, and no line of the app knows',
  async (_name, text) => {
    const { folder, lines, serve } = await appWithPackages({ 'server.cjs': text });
    const app = await serve('server.cjs', { stores: 'auto' });
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    let isOver = false;
    let asked = 0;
    const visitor = async (): Promise<void> => {
      let cookie = '';
      for (let visits = 1; !isOver; visits++) {
        const answer = await ask(app, '/visits', agent, cookie);
        expect(answer.text).toBe(String(visits));
        cookie ||= answer.cookie;
      }
    };
    const counted: number[] = [];
    const limited = async (): Promise<void> => {
      while (!isOver) {
        asked++;
        counted.push(Number((await ask(app, '/limited', agent)).text));
      }
    };
    const load = Promise.all([visitor(), visitor(), limited(), limited()]);
    for (let edition = 2; edition <= RELOADS + 1; edition++) {
      await touch(folder, 'server.cjs', text, edition);
      expect(await app.reload()).toEqual({ gate: 'ok' });
    }
    isOver = true;
    await load;
    agent.destroy();
    expect(counted.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: asked }, (_one, index) => index + 1),
    );
    expect(
      lines.filter(({ level, message }) => level === 'info' && message.includes('survive releases')).length,
    ).toBeGreaterThan(0);
  },
);

test('without them, the first reload that loses what is kept in memory says so, and no other', async () => {
  const { folder, lines, serve } = await appWithPackages({ 'server.cjs': express });
  const app = await serve('server.cjs');
  for (let edition = 2; edition <= 3; edition++) {
    await touch(folder, 'server.cjs', express, edition);
    await app.reload();
  }
  await app.close();
  const warnings = lines
    .map(({ message }) => message)
    .filter((message) => message.includes('kept in memory') || message.includes('keeps in memory'));
  expect(warnings).toEqual([
    expect.stringContaining('The sessions that express-session keeps in memory are lost'),
    expect.stringContaining('The counters that express-rate-limit keeps in memory are lost'),
  ]);
});

function ask(
  app: ServedApp,
  path: string,
  agent: Agent,
  cookie = '',
): Promise<{ text: string; cookie: string }> {
  return new Promise((resolve, reject) => {
    get(`${app.urls[0]}${path}`, { agent, headers: cookie ? { cookie } : {} }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${response.statusCode}: ${text}`));
        else resolve({ text, cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? '' });
      });
      response.on('error', reject);
    }).on('error', reject);
  });
}
