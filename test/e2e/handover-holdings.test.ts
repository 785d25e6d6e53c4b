import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { freePort } from '../helpers/free-port.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { redisClient, redisServer } from '../helpers/redis-server.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** A thing that only one version can have. */
interface Holding {
  /** Code that gives a plugin `take(release)` and `give()`. */
  readonly code: string;
  /** Resolves to the releases that have the thing now, as seen from outside. */
  holders(): Promise<string[]>;
  /** Called when everything is over. */
  check?(): Promise<void>;
}

async function aPort(): Promise<Holding> {
  const port = await freePort();
  return {
    code: `
      import { createServer } from 'node:net';
      import { once } from 'node:events';
      let server;
      const take = async (release) => {
        server = createServer((socket) => socket.end(String(release))).listen(${port}, '127.0.0.1');
        await once(server, 'listening');
      };
      const give = async () => { server.close(); await once(server, 'close'); };
    `,
    async holders() {
      const socket = connect(port, '127.0.0.1');
      const [release] = (await once(socket, 'data').catch(() => [])) as Buffer[];
      return release ? [String(release)] : [];
    },
  };
}

async function aLockFile(): Promise<Holding> {
  const file = join(await tempFolder(), 'lock');
  return {
    code: `
      import { rm, writeFile } from 'node:fs/promises';
      const file = ${JSON.stringify(file)};
      const take = async (release) => {
        // A thread that crashed has left its file there.
        if (context.cause === 'crash') await rm(file);
        await writeFile(file, String(release), { flag: 'wx' });
      };
      const give = () => rm(file);
    `,
    holders: () =>
      readFile(file, 'utf8').then(
        (release) => [release],
        () => [],
      ),
  };
}

async function aConsumerOfRedis(): Promise<Holding> {
  const server = await redisServer();
  const ask = await redisClient(server);
  const jobs = Array.from({ length: 200 }, (_, job) => String(job));
  const seen = new Set<number>();
  await ask('RPUSH', 'jobs', ...jobs);
  return {
    code: `
      import { connect } from 'node:net';
      import { once } from 'node:events';
      let socket, done, goesOn;
      const ask = async (...words) => {
        const answered = once(socket, 'data');
        socket.write('*' + words.length + '\\r\\n' + words.map((word) => '$' + word.length + '\\r\\n' + word + '\\r\\n').join(''));
        return String((await answered)[0]);
      };
      const consume = async () => {
        while (goesOn) await ask('BLMOVE', 'jobs', 'done', 'LEFT', 'RIGHT', '0.02');
      };
      const take = async (release) => {
        socket = connect(${server.port}, '127.0.0.1');
        await once(socket, 'connect');
        await ask('CLIENT', 'SETNAME', 'consumer-' + release);
        goesOn = true;
        done = consume();
      };
      const give = async () => { goesOn = false; await done; socket.end(); await once(socket, 'close'); };
    `,
    async holders() {
      const clients = await ask('CLIENT', 'LIST', 'TYPE', 'normal');
      const releases = Array.from(
        clients.matchAll(/name=consumer-(\d+)/g),
        ([, release]) => release as string,
      );
      seen.add(releases.length);
      return releases;
    },
    async check() {
      await expect.poll(async () => await ask('LLEN', 'done')).toBe(`:${jobs.length}\r\n`);
      const done = (await ask('LRANGE', 'done', '0', '-1'))
        .split('\r\n')
        .filter((line) => /^\d+$/.test(line));
      expect(done).toEqual(jobs);
      expect(Math.max(...seen)).toBe(1);
    },
  };
}

/** Returns a plugin that has the thing while it is active; with `breaks`, only until it finds that it cannot go on. */
function sentry({ code }: Holding, release: number, breaks = false): PluginText {
  return {
    name: 'sentry',
    module: `${code} let has = false;`,
    live: {
      live_release: `() => ${release}`,
      live_die: `() => process.exit(3)`,
    },
    hooks: {
      onActive: `async () => { await take(${release}); has = true; ${breaks ? 'throw new RangeError("no post");' : ''} }`,
      onYield: 'async () => { await give(); has = false; }',
      onFree: 'async () => { if (has) await give(); }',
    },
  };
}

test.each([
  ['a port', aPort],
  ['a lock file', aLockFile],
  ['a consumer of Redis', aConsumerOfRedis],
])(
  '%s is had by one version at a time, and by one again when a change is over, however it ends',
  async (_what, make) => {
    const holding = await make();
    const folder = await tempFolder();
    await deploy(folder, sentry(holding, 1));
    const swapper = openSwapper(folder);
    await swapper.load();
    expect(await holding.holders()).toEqual(['1']);
    await deploy(folder, sentry(holding, 2));
    await swapper.reload();
    expect(await holding.holders()).toEqual(['2']);
    await deploy(folder, sentry(holding, 3, true));
    await expect(swapper.reload()).rejects.toMatchObject({ cause: { hook: 'onActive' } });
    expect(await holding.holders()).toEqual(['2']);
    await swapper.rollback();
    expect(await holding.holders()).toEqual(['1']);
    const replaced = nextEvent(swapper, 'threadReplaced');
    await swapper.call('live_die').catch(() => {});
    await replaced;
    expect(await holding.holders()).toEqual(['1']);
    for (const release of [4, 5, 6]) {
      await deploy(folder, sentry(holding, release));
      const reloaded = swapper.reload();
      // The holders are checked all the while.
      for (let holders: string[] = []; holders[0] !== String(release);) {
        holders = await holding.holders();
        expect(holders.length).toBeLessThan(2);
      }
      await reloaded;
    }
    await holding.check?.();
    await swapper.close();
    expect(await holding.holders()).toEqual([]);
  },
);
