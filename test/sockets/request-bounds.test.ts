import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bytes } from '../../lib/sockets/protocol.js';
import { RequestBounds } from '../../lib/sockets/thread/request-bounds.js';

/** A request as text: its head and its body. */
interface Request {
  readonly head: string;
  readonly body: string;
}

// Bodies look like heads, like chunks, or like the end of one.
const piece = fc.constantFrom('GET /x HTTP/1.1\r\n', '\r\n', '0\r\n\r\n', 'a', '\n', 'lord Snow ');
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const plain = fc.constant<Request>({ head: 'GET /wall HTTP/1.1\r\nhost: keep\r\n\r\n', body: '' });
const sized = text.map<Request>((body) => ({
  head: `POST /wall HTTP/1.1\r\nContent-Length: ${body.length}\r\nhost: keep\r\n\r\n`,
  body,
}));
const chunked = fc
  .record({ chunks: fc.array(text, { maxLength: 3 }), trailers: fc.constantFrom('', 'x-end: yes\r\n') })
  .map<Request>(({ chunks, trailers }) => ({
    head: 'PUT /wall HTTP/1.1\r\nhost: keep\r\ntransfer-encoding: gzip, Chunked\r\n\r\n',
    body: [
      ...chunks.filter((one) => one !== '').map((one) => `${one.length.toString(16)};x=1\r\n${one}\r\n`),
      `0\r\n${trailers}\r\n`,
    ].join(''),
  }));
const request = fc.oneof(plain, sized, chunked);

/** Cuts a text into pieces, some of them buffers. */
function cut(whole: string, at: readonly number[]): Bytes[] {
  const ends = [...at.map((one) => one % (whole.length + 1)), whole.length].toSorted(
    (one, other) => one - other,
  );
  return ends
    .map((end, index) => whole.slice(ends[index - 1] ?? 0, end))
    .filter((one) => one !== '')
    .map((one, index) => (index % 3 === 0 ? Buffer.from(one, 'latin1') : one));
}

const cuts = fc.array(fc.nat(10_000), { maxLength: 12 });

function boundsOf(requests: number, bytes: readonly Bytes[]): RequestBounds {
  const bounds = new RequestBounds();
  bounds.begin();
  for (const one of bytes) bounds.add(one);
  for (let count = 0; count < requests; count++) bounds.noteRequest();
  return bounds;
}

test('it knows how much of the next head has come, for any requests in any pieces', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 4 }), request, fc.nat(), cuts, (whole, next, share, at) => {
      const head = next.head.slice(0, share % next.head.length);
      const sent = whole.map((one) => one.head + one.body).join('') + head;
      const bounds = boundsOf(whole.length, cut(sent, at));
      expect(bounds.isInBody).toBe(false);
      expect(bounds.head?.join('')).toBe(head);
    }),
  );
});

test('of the bytes that follow, those that belong to the request under way are told from the next one', () => {
  fc.assert(
    fc.property(fc.oneof(sized, chunked), request, fc.nat(), cuts, (first, next, share, at) => {
      fc.pre(first.body !== '');
      const come = share % first.body.length;
      const bounds = boundsOf(1, cut(first.head + first.body.slice(0, come), at));
      expect(bounds.isInBody).toBe(true);
      expect(bounds.head).toBeUndefined();
      const left = first.body.slice(come);
      expect(bounds.ownLength(left + next.head)).toBe(left.length);
      expect(bounds.ownLength(Buffer.from(left + next.head))).toBe(left.length);
      // A question must not change the state.
      expect(bounds.ownLength(left.slice(0, 1))).toBe(1);
    }),
  );
});

test('the bounds are unknown where the platform counts other requests, or the bytes are no request', () => {
  const half = 'GET /wall HTTP/1.1\r\nho';
  expect(boundsOf(0, [half]).head).toEqual([half]);
  expect(boundsOf(1, [half]).head).toBeUndefined();
  expect(boundsOf(1, [half]).ownLength('st')).toBeUndefined();
  const upgrade = 'GET / HTTP/1.1\r\nconnection: upgrade\r\nUpgrade: raven\r\n\r\n';
  expect(boundsOf(1, [upgrade, half]).head).toBeUndefined();
  expect(boundsOf(0, ['x'.repeat(100_000)]).head).toBeUndefined();
  // A new object knows nothing of requests yet.
  const silent = new RequestBounds();
  silent.add(half);
  expect(silent.head).toBeUndefined();
});
