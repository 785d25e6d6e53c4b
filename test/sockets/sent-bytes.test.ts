import { expect, test } from 'vitest';
import { SentBytes } from '../../lib/sockets/host/sent-bytes.js';

const mayRepeat = (bytes: string): boolean => bytes.startsWith('GET ') && !bytes.includes('POST ');

test('a request that may be repeated is sent to a second thread once', () => {
  const sent = new SentBytes(mayRepeat);
  sent.add('GET /roll-call HTTP/1.1\r\n');
  sent.add('host: garrison\r\n\r\n');
  expect(sent.takeRepeat()).toEqual(['GET /roll-call HTTP/1.1\r\n', 'host: garrison\r\n\r\n']);
  expect(sent.takeRepeat()).toBeUndefined();
});

test('a request is not repeated once its answer has begun, nor without leave', () => {
  const answered = new SentBytes(mayRepeat);
  answered.add('GET /roll-call');
  answered.answering();
  expect(answered.takeRepeat()).toBeUndefined();
  const order = new SentBytes(mayRepeat);
  order.add('POST /orders');
  expect(order.takeRepeat()).toBeUndefined();
  const strict = new SentBytes(undefined);
  strict.add('GET /roll-call');
  expect(strict.takeRepeat()).toBeUndefined();
});

test('nothing is repeated when what was sent behind the first request must not be', () => {
  const sent = new SentBytes(mayRepeat);
  sent.add('GET /roll-call HTTP/1.1\r\n\r\nPO');
  sent.add('ST /orders HTTP/1.1\r\n\r\n');
  expect(sent.takeRepeat()).toBeUndefined();
});

test('bytes that are no text cannot be repeated', () => {
  const sent = new SentBytes(mayRepeat);
  sent.add('GET /upload');
  sent.add(new Uint8Array([1, 2, 3]));
  expect(sent.takeRepeat()).toBeUndefined();
});

test('only the request under way is repeated, not the ones that were answered before it', () => {
  const sent = new SentBytes(mayRepeat);
  sent.add('GET /first');
  sent.answering();
  sent.settle(sent.count);
  expect(sent.isSettled).toBe(true);
  sent.add('GET /second');
  expect(sent.isSettled).toBe(false);
  expect(sent.takeRepeat()).toEqual(['GET /second']);
});

test('counting begins afresh for another thread', () => {
  const sent = new SentBytes(mayRepeat);
  sent.add('GET /first');
  sent.restart();
  expect(sent.count).toBe(0);
  expect(sent.isSettled).toBe(true);
});
