import { beforeEach, expect, test } from 'vitest';
import { giveAway, unpack } from '../../lib/sockets/bytes.js';
import { Op, type Bytes } from '../../lib/sockets/protocol.js';
import { CrossedSocket } from '../../lib/sockets/thread/crossed-socket.js';

const MEGABYTE = 1_048_576;

/** Kinds of the frames that the host got. */
let kinds: Op[];
let sent: Buffer[];
let socket: CrossedSocket;

beforeEach(() => {
  kinds = [];
  sent = [];
  socket = new CrossedSocket({ tls: undefined }, (op, payload) => {
    kinds.push(op);
    if (op === Op.data) sent.push(unpack(payload as Bytes));
  });
});

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** Bytes of which no two megabytes are alike. */
function longBytes(length: number): Buffer {
  return Buffer.alloc(length, Buffer.from(Array.from({ length: 251 }, (_, at) => at)));
}

test.each([false, true])(
  'of long bytes that an app keeps, at most two megabytes wait for a slow client, corked: %s',
  (isCorked) => {
    const body = longBytes(5 * MEGABYTE + 100);
    const written: string[] = [];
    if (isCorked) socket.cork();
    socket.write('head', () => written.push('head'));
    socket.write(body, () => written.push('body'));
    socket.write('tail');
    if (isCorked) socket.uncork();
    let consumed = 0;
    let most = 0;
    while (lengthOf(sent) > consumed) {
      most = Math.max(most, lengthOf(sent) - consumed);
      const isCut = lengthOf(sent) < 'head'.length + body.length;
      expect(isCut && written.includes('body')).toBe(false);
      const length = lengthOf(sent) - consumed;
      consumed += length;
      socket.receiveAcknowledgement(length);
    }
    expect(most).toBeLessThanOrEqual(2 * MEGABYTE + 'head'.length);
    expect(Buffer.concat(sent).equals(Buffer.concat([Buffer.from('head'), body, Buffer.from('tail')]))).toBe(
      true,
    );
  },
);

test('a socket tells how many bytes wait, by its old name as well', () => {
  socket.write(longBytes(3 * MEGABYTE));
  expect(socket.writableLength).toBe(3 * MEGABYTE);
  expect(Reflect.get(socket, 'bufferSize')).toBe(socket.writableLength);
});

test('a socket that is destroyed between two pieces sends no more of them', () => {
  socket.write(longBytes(5 * MEGABYTE));
  socket.destroy();
  socket.receiveAcknowledgement(lengthOf(sent));
  expect(lengthOf(sent)).toBe(2 * MEGABYTE);
  expect(kinds.at(-1)).toBe(Op.close);
});

test('long bytes that an app has given away cross as they are', () => {
  const body = giveAway(Buffer.allocUnsafeSlow(3 * MEGABYTE));
  socket.write(body);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.buffer).toBe(body.buffer);
});
