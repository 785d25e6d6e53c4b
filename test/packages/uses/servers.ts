import type { PackageUse } from '../package-use.js';

/** A package that talks to a server on a port of this machine. */
export interface ServerUse extends Omit<PackageUse, 'code'> {
  readonly code: (port: number) => string;
}

/** Clients of Redis, each of which is open as long as its version lives. */
export const ofRedis: readonly ServerUse[] = [
  {
    name: 'ioredis',
    code: (port) => `
      import Redis from 'ioredis';
      import { resource } from 'liveswap/plugin';
      const client = resource(() => new Redis(${port}), (open) => open.quit());
      export async function use() {
        await client().set('hail', 'Thor');
        return client().get('hail');
      }`,
    gives: 'Thor',
  },
  {
    name: 'redis',
    code: (port) => `
      import { createClient } from 'redis';
      import { resource } from 'liveswap/plugin';
      const client = resource(() => createClient({ url: 'redis://127.0.0.1:${port}' }).connect(), (open) => open.close());
      export async function use() {
        await client().set('hail', 'Thor');
        return client().get('hail');
      }`,
    gives: 'Thor',
  },
  {
    name: 'bullmq',
    code: (port) => `
      import { Queue } from 'bullmq';
      import { resource } from 'liveswap/plugin';
      const queue = resource(() => new Queue('hails', { connection: { host: '127.0.0.1', port: ${port} } }), (open) => open.close());
      export async function use() {
        const { id } = await queue().add('hail', { name: 'Thor' });
        return (await queue().getJob(id)).data.name;
      }`,
    gives: 'Thor',
  },
  {
    // The call to a version that has yielded still waits for its job, which the next version does.
    name: 'bullmq-worker',
    code: (port) => `
      import { Queue, QueueEvents, Worker } from 'bullmq';
      import { setTimeout as pause } from 'node:timers/promises';
      import { resource } from 'liveswap/plugin';
      const connection = { host: '127.0.0.1', port: ${port}, maxRetriesPerRequest: null };
      const queue = resource(() => new Queue('hails', { connection }), (open) => open.close());
      const events = resource(() => new QueueEvents('hails', { connection }), (open) => open.close());
      export const worker = resource(
        () => new Worker('hails', async (job) => pause(50, job.data.name.toUpperCase()), { connection }),
        (open) => open.close(),
        { takesWork: true },
      );
      export async function use() {
        const job = await queue().add('hail', { name: 'Thor' });
        return job.waitUntilFinished(events());
      }`,
    gives: 'THOR',
  },
];

/** Clients of PostgreSQL. */
export const ofPostgres: readonly ServerUse[] = [
  {
    name: 'pg',
    code: (port) => `
      import pg from 'pg';
      import { resource } from 'liveswap/plugin';
      const pool = resource(() => new pg.Pool({ host: '127.0.0.1', port: ${port}, user: 'liveswap', database: 'postgres' }), (open) => open.end());
      export const use = async () => (await pool().query('select 1 + 2 as sum')).rows;`,
    gives: [{ sum: 3 }],
  },
  {
    name: 'drizzle-orm',
    code: (port) => `
      import { sql } from 'drizzle-orm';
      import { drizzle } from 'drizzle-orm/node-postgres';
      import pg from 'pg';
      import { resource } from 'liveswap/plugin';
      const pool = resource(() => new pg.Pool({ host: '127.0.0.1', port: ${port}, user: 'liveswap', database: 'postgres' }), (open) => open.end());
      const db = resource(() => drizzle(pool()));
      export const use = async () => (await db().execute(sql\`select 1 + 2 as sum\`)).rows;`,
    gives: [{ sum: 3 }],
  },
  {
    name: 'knex',
    code: (port) => `
      import knex from 'knex';
      import { resource } from 'liveswap/plugin';
      const db = resource(
        () => knex({ client: 'pg', connection: { host: '127.0.0.1', port: ${port}, user: 'liveswap', database: 'postgres' } }),
        (open) => open.destroy(),
      );
      export const use = async () => (await db().raw('select 1 + 2 as sum')).rows;`,
    gives: [{ sum: 3 }],
    outside: 'pg',
  },
];
