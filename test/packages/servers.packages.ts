import { expect, test } from 'vitest';
import { postgresServer } from '../helpers/postgres-server.js';
import { redisServer } from '../helpers/redis-server.js';
import { tryPackage } from './try-package.js';
import { ofPostgres, ofRedis } from './uses/servers.js';

test.each(ofRedis)('$name is reloaded under load while it talks to a Redis', async (use) => {
  expect.hasAssertions();
  const { port } = await redisServer();
  await tryPackage({ ...use, code: use.code(port) });
});

test.each(ofPostgres)('$name is reloaded under load while it talks to a PostgreSQL', async (use) => {
  expect.hasAssertions();
  const { port } = await postgresServer();
  await tryPackage({ ...use, code: use.code(port) });
});
