import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { deferred } from '../helpers/deferred.js';
import { linkPair } from '../helpers/link-pair.js';
import { until } from '../helpers/until.js';

type Chunks = AsyncGenerator<Uint8Array>;

async function read(chunks: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

test('a stream of Node that fails before anybody reads it fails for its reader, and nobody else', async () => {
  const { call } = linkPair({ fetch: () => createReadStream('/no/such/file') });
  for (let times = 0; times < 10; times++) {
    await expect(read((await call('fetch')) as Chunks)).rejects.toMatchObject({ code: 'ENOENT' });
  }
});

test('one that is an argument and fails before it is read fails on the other side alone', async () => {
  const stream = new Readable({ read() {} });
  const { call } = linkPair({
    follow: async (chunks: Chunks) => {
      stream.destroy(new RangeError('the well is dry'));
      await once(stream, 'close');
      return read(chunks);
    },
  });
  await expect(call('follow', stream)).rejects.toThrow(RangeError);
});

test.each<[string, (chunks: Chunks) => unknown]>([
  ['returned unread', (chunks) => chunks.return(undefined)],
  [
    'left after a chunk',
    async (chunks) => {
      await chunks.next();
      await chunks.return(undefined);
    },
  ],
])('one that is %s is destroyed: its file is closed', async (_how, leave) => {
  const stream = createReadStream(import.meta.filename);
  const { call, held } = linkPair({ fetch: () => stream });
  await leave((await call('fetch')) as Chunks);
  await until(() => stream.destroyed && held() === 0);
});

test('one whose caller is gone before it is returned is destroyed', async () => {
  const stream = createReadStream(import.meta.filename);
  const { promise, resolve } = deferred<unknown>();
  let asked = false;
  const { call, far } = linkPair({
    fetch: () => {
      asked = true;
      return promise;
    },
  });
  call('fetch').catch(() => {});
  await until(() => asked);
  far.close(new Error('gone'));
  resolve(stream);
  await until(() => stream.destroyed);
});
