import { createRequire } from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import { touch } from '../helpers/adapted-app.js';
import { appWithPackages } from './linked-packages.js';
import { redisServer } from '../helpers/redis-server.js';

interface JobQueue {
  add(name: string, data: object, options?: object): Promise<unknown>;
  getJobCounts(...states: string[]): Promise<Record<string, number>>;
  close(): Promise<void>;
}
const require = createRequire(new URL('packages/', import.meta.url));
const { Queue } = require('bullmq') as { Queue: new (name: string, options: object) => JobQueue };

const EDITS = 20;
const JOBS = 400;

/** Returns a typical worker: a queue, a processor, a listener to events, an end by SIGTERM. */
const worker = (connection: object): string => `
import { QueueEvents, Worker } from 'bullmq';
import { tell } from './tell.mjs';

const connection = ${JSON.stringify(connection)};
const worker = new Worker('letters', async (job) => {
  await new Promise((resolve) => setTimeout(resolve, job.data.ms));
  tell({ delivered: job.data.letter });
  return job.data.letter;
}, { connection: { ...connection, maxRetriesPerRequest: null }, concurrency: 5 });
worker.on('failed', (job, error) => tell({ failed: job?.data.letter, why: error.message }));
worker.on('error', (error) => tell({ error: error.message }));

const events = new QueueEvents('letters', { connection });
events.on('completed', ({ jobId }) => tell({ heard: jobId }));

process.once('SIGTERM', async () => {
  await worker.close();
  await events.close();
  process.exit(0);
});`;

test('a BullMQ worker is edited twenty times under load: each job is done once, each event is heard once', async () => {
  const connection = await redisServer();
  const queue = new Queue('letters', { connection });
  onTestFinished(() => queue.close());
  const text = worker(connection);
  const { folder, told, lines, serve } = await appWithPackages({ 'worker.mjs': text });
  const app = await serve('worker.mjs');

  let isOver = false;
  const post = (async () => {
    for (let letter = 0; letter < JOBS || !isOver; letter++) {
      await queue.add('letter', { letter, ms: letter % 40 === 0 ? 1500 : 10 }, { attempts: 1 });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  for (let edition = 2; edition <= EDITS + 1; edition++) {
    await touch(folder, 'worker.mjs', text, edition);
    expect(await app.reload()).toEqual({ gate: 'ok' });
  }
  isOver = true;
  await post;
  const left = async (): Promise<unknown> => {
    const { waiting, active, delayed } = await queue.getJobCounts('waiting', 'active', 'delayed');
    return { waiting, active, delayed };
  };
  await expect.poll(left).toEqual({ waiting: 0, active: 0, delayed: 0 });
  const { completed, failed } = await queue.getJobCounts('completed', 'failed');
  const of = (name: string): unknown[] =>
    (told as Record<string, unknown>[]).filter((one) => name in one).map((one) => one[name]);
  expect(of('failed')).toEqual([]);
  expect(of('error')).toEqual([]);
  expect(failed).toBe(0);
  const delivered = of('delivered') as number[];
  expect(delivered.length).toBe(completed);
  expect(new Set(delivered).size).toBe(completed);
  await expect.poll(() => of('heard').length).toBe(completed);
  expect(new Set(of('heard')).size).toBe(completed);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});
