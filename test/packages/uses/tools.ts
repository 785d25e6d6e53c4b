import type { PackageUse } from '../package-use.js';

/** All other packages that servers use. */
export const tools: readonly PackageUse[] = [
  {
    name: 'bcrypt',
    code: `
      import bcrypt from 'bcrypt';
      export const use = async () => bcrypt.compare('hail', await bcrypt.hash('hail', 4));`,
    gives: true,
    outside: 'bcrypt',
  },
  {
    name: 'bcryptjs',
    code: `
      import bcrypt from 'bcryptjs';
      export const use = async () => bcrypt.compare('hail', await bcrypt.hash('hail', 4));`,
    gives: true,
  },
  {
    name: 'jsonwebtoken',
    code: `
      import jwt from 'jsonwebtoken';
      export const use = async () => jwt.verify(jwt.sign({ name: 'Thor' }, 'key'), 'key').name;`,
    gives: 'Thor',
  },
  {
    name: 'jose',
    code: `
      import { SignJWT, jwtVerify } from 'jose';
      const key = new TextEncoder().encode('a key that is long enough for HS256');
      export async function use() {
        const token = await new SignJWT({ name: 'Thor' }).setProtectedHeader({ alg: 'HS256' }).sign(key);
        return (await jwtVerify(token, key)).payload.name;
      }`,
    gives: 'Thor',
  },
  {
    name: 'sharp',
    code: `
      import sharp from 'sharp';
      export const use = async () => (await sharp({ create: { width: 2, height: 3, channels: 3, background: 'red' } }).png().toBuffer({ resolveWithObject: true })).info.height;`,
    gives: 3,
    outside: 'sharp',
  },
  {
    name: 'date-fns',
    code: `
      import { addDays, formatISO } from 'date-fns';
      export const use = async () => formatISO(addDays(new Date(2026, 0, 1), 1), { representation: 'date' });`,
    gives: '2026-01-02',
  },
  {
    name: 'dayjs',
    code: `
      import dayjs from 'dayjs';
      export const use = async () => dayjs('2026-01-01').add(1, 'day').format('YYYY-MM-DD');`,
    gives: '2026-01-02',
  },
  {
    name: 'luxon',
    code: `
      import { DateTime } from 'luxon';
      export const use = async () => DateTime.fromISO('2026-01-01').plus({ days: 1 }).toISODate();`,
    gives: '2026-01-02',
  },
  {
    name: 'lodash',
    code: `
      import _ from 'lodash';
      export const use = async () => _.chunk([1, 2, 3], 2);`,
    gives: [[1, 2], [3]],
  },
  {
    name: 'uuid',
    code: `
      import { v4, validate } from 'uuid';
      export const use = async () => validate(v4());`,
    gives: true,
  },
  {
    name: 'nanoid',
    code: `
      import { nanoid } from 'nanoid';
      export const use = async () => nanoid(7).length;`,
    gives: 7,
  },
  {
    name: 'p-limit',
    code: `
      import pLimit from 'p-limit';
      const limit = pLimit(2);
      export const use = async () => Promise.all([1, 2, 3].map((n) => limit(async () => n * 2)));`,
    gives: [2, 4, 6],
  },
  {
    name: 'p-queue',
    code: `
      import PQueue from 'p-queue';
      const queue = new PQueue({ concurrency: 1 });
      export const use = async () => queue.add(async () => 3);`,
    gives: 3,
  },
  {
    name: 'rxjs',
    code: `
      import { firstValueFrom, map, of } from 'rxjs';
      export const use = async () => firstValueFrom(of(2).pipe(map((n) => n + 1)));`,
    gives: 3,
  },
  {
    name: 'prom-client',
    code: `
      import { Counter, Registry } from 'prom-client';
      export async function use() {
        const registry = new Registry();
        new Counter({ name: 'hails', help: 'Hails.', registers: [registry] }).inc(3);
        return (await registry.getSingleMetric('hails').get()).values[0].value;
      }`,
    gives: 3,
  },
  {
    name: 'node-cron',
    code: `
      import cron from 'node-cron';
      import { resource } from 'liveswap/plugin';
      const task = resource(() => cron.schedule('0 0 1 1 *', () => {}), (open) => open.destroy(), { takesWork: true });
      export const use = async () => [cron.validate('* * * * *'), typeof task];`,
    gives: [true, 'function'],
  },
  {
    name: 'tsyringe',
    code: `
      import 'reflect-metadata';
      import { container } from 'tsyringe';
      container.register('hail', { useValue: 'Thor' });
      export const use = async () => container.resolve('hail');`,
    gives: 'Thor',
  },
  {
    name: 'inversify',
    code: `
      import 'reflect-metadata';
      import { Container } from 'inversify';
      const container = new Container();
      container.bind('hail').toConstantValue('Thor');
      export const use = async () => container.get('hail');`,
    gives: 'Thor',
  },
  {
    name: 'rate-limiter-flexible',
    code: `
      import { RateLimiterMemory } from 'rate-limiter-flexible';
      const limiter = new RateLimiterMemory({ points: 6, duration: 1 });
      export const use = async () => (await limiter.consume(String(Math.random()), 2)).remainingPoints;`,
    gives: 4,
  },
  {
    name: 'async-mutex',
    code: `
      import { Mutex } from 'async-mutex';
      const mutex = new Mutex();
      export const use = async () => mutex.runExclusive(() => 'alone');`,
    gives: 'alone',
  },
  {
    name: 'mitt',
    code: `
      import mitt from 'mitt';
      export async function use() {
        const bus = mitt();
        const heard = [];
        bus.on('hail', (name) => heard.push(name));
        bus.emit('hail', 'Thor');
        return heard;
      }`,
    gives: ['Thor'],
  },
  {
    name: 'execa',
    code: `
      import { execa } from 'execa';
      export const use = async () => (await execa('echo', ['Hail'])).stdout;`,
    gives: 'Hail',
  },
  {
    name: 'xstate',
    code: `
      import { createActor, createMachine } from 'xstate';
      const machine = createMachine({ initial: 'shut', states: { shut: { on: { push: 'open' } }, open: {} } });
      export async function use() {
        const actor = createActor(machine).start();
        actor.send({ type: 'push' });
        return actor.getSnapshot().value;
      }`,
    gives: 'open',
  },
];
