import { createRequire } from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import { touch } from '../helpers/adapted-app.js';
import { postgresServer } from '../helpers/postgres-server.js';
import { appWithPackages } from './linked-packages.js';

interface Sender {
  send(letter: number, ms: number): Promise<unknown>;
  /** Resolves to the number of jobs that are neither done nor given up. */
  left(): Promise<number>;
}

interface Database {
  query(text: string): Promise<{ readonly rows: readonly { readonly left: string }[] }>;
  end(): Promise<void>;
}

const require = createRequire(new URL('packages/', import.meta.url));
const { Pool } = require('pg') as { Pool: new (options: object) => Database };

const EDITS = 10;
/** Maximum number of jobs that wait for the worker. */
const AHEAD = 200;

/** Sends jobs while a worker is edited; resolves when all of them are done. */
async function editedUnderLoad(text: string, sender: Sender): Promise<{ told: unknown[]; sent: number }> {
  const { folder, told, lines, serve } = await appWithPackages({ 'worker.mjs': text });
  const app = await serve('worker.mjs', { swapper: { drainMs: 60_000 } });
  let sent = 0;
  let isOver = false;
  const load = (async () => {
    while (!isOver) {
      // Jobs are sent not far ahead of the worker, which would not catch up on a busy machine.
      if (sent - told.length < AHEAD) {
        await sender.send(sent, sent % 40 === 0 ? 1500 : 10);
        sent += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  for (let edition = 2; edition <= EDITS + 1; edition++) {
    await touch(folder, 'worker.mjs', text, edition);
    expect(await app.reload()).toEqual({ gate: 'ok' });
    const before = told.length;
    await expect.poll(() => told.length).toBeGreaterThan(before);
  }
  isOver = true;
  await load;
  await expect.poll(() => sender.left()).toBe(0);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  return { told, sent };
}

function expectEachOnce({ told, sent }: { readonly told: readonly unknown[]; readonly sent: number }): void {
  const facts = told as readonly { readonly delivered?: number; readonly error?: string }[];
  expect(facts.filter(({ error }) => error !== undefined)).toEqual([]);
  const delivered = facts.flatMap(({ delivered: letter }) => letter ?? []);
  expect(delivered.toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: sent }, (_, at) => at),
  );
}

async function database(connectionString: string): Promise<Database> {
  const pool = new Pool({ connectionString });
  onTestFinished(() => pool.end());
  return pool;
}

test('a pg-boss worker is edited under load: each job is done once', async () => {
  const { port } = await postgresServer();
  const url = `postgres://liveswap@127.0.0.1:${port}/postgres`;
  const PgBoss = require('pg-boss') as new (url: string) => {
    start(): Promise<void>;
    createQueue(name: string, options: object): Promise<void>;
    send(name: string, data: object): Promise<unknown>;
    stop(): Promise<void>;
  };
  const boss = new PgBoss(url);
  await boss.start();
  onTestFinished(() => boss.stop());
  await boss.createQueue('letters', { retryLimit: 0 });
  const pool = await database(url);
  const told = await editedUnderLoad(
    `
import PgBoss from 'pg-boss';
import { tell } from './tell.mjs';

const boss = new PgBoss(${JSON.stringify(url)});
boss.on('error', (error) => tell({ error: error.message }));
await boss.start();
await boss.work('letters', { pollingIntervalSeconds: 0.5, batchSize: 20 }, async (jobs) => {
  for (const { data } of jobs) {
    await new Promise((resolve) => setTimeout(resolve, data.ms));
    tell({ delivered: data.letter });
  }
});`,
    {
      send: (letter, ms) => boss.send('letters', { letter, ms }),
      left: async () => {
        const { rows } = await pool.query(
          `select count(*) as left from pgboss.job where name = 'letters' and state <> 'completed'`,
        );
        return Number(rows[0]?.left);
      },
    },
  );
  expectEachOnce(told);
});

test('a graphile-worker is edited under load: each job is done once', async () => {
  const { port } = await postgresServer();
  const url = `postgres://liveswap@127.0.0.1:${port}/postgres`;
  const worker = require('graphile-worker') as {
    makeWorkerUtils(options: object): Promise<{
      migrate(): Promise<void>;
      addJob(name: string, data: object, options: object): Promise<unknown>;
      release(): Promise<void>;
    }>;
  };
  const utils = await worker.makeWorkerUtils({ connectionString: url });
  onTestFinished(() => utils.release());
  await utils.migrate();
  const pool = await database(url);
  const told = await editedUnderLoad(
    `
import { run } from 'graphile-worker';
import { tell } from './tell.mjs';

const runner = await run({
  connectionString: ${JSON.stringify(url)},
  concurrency: 5,
  pollInterval: 500,
  taskList: {
    letter: async ({ letter, ms }) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      tell({ delivered: letter });
    },
  },
});
runner.promise.catch((error) => tell({ error: error.message }));`,
    {
      send: (letter, ms) => utils.addJob('letter', { letter, ms }, { maxAttempts: 1 }),
      left: async () => {
        const { rows } = await pool.query('select count(*) as left from graphile_worker.jobs');
        return Number(rows[0]?.left);
      },
    },
  );
  expectEachOnce(told);
});
