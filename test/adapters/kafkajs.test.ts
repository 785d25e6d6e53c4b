import { expect, test } from 'vitest';
import { adaptedApp } from '../helpers/adapted-app.js';

/** The part of `kafkajs` that matters here. */
const kafkajs = `
const { tell } = require('../../tell.cjs');
exports.Kafka = class Kafka {
  consumer({ groupId }) {
    const say = (what) => async () => tell(what + ' ' + groupId);
    return (exports.last = { connect: say('connects'), subscribe: say('subscribes'), run: say('runs'), stop: say('stops'), disconnect: say('leaves') });
  }
};`;

const server = (edition: number): string => `
import { createServer } from 'node:http';
import { Kafka } from 'kafkajs';
const consumer = new Kafka({ brokers: [] }).consumer({ groupId: '${edition}' });
await consumer.connect();
await consumer.subscribe({ topics: ['letters'] });
await consumer.run({ eachMessage: async () => {} });
createServer().listen(0, '127.0.0.1');`;

test('a consumer of kafkajs runs in one version at a time, and a server that awaits it before it listens comes up', async () => {
  const { told, write, serve } = await adaptedApp({
    'node_modules/kafkajs/package.json': '{ "name": "kafkajs", "version": "2.2.4" }',
    'node_modules/kafkajs/index.js': kafkajs,
    'server.mjs': server(1),
  });
  const app = await serve('server.mjs');
  await expect.poll(() => told).toEqual(['connects 1', 'subscribes 1', 'runs 1']);
  told.length = 0;
  await write({ 'server.mjs': server(2) });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  await expect.poll(() => told).toEqual(['connects 2', 'subscribes 2', 'stops 1', 'runs 2', 'leaves 1']);
});
