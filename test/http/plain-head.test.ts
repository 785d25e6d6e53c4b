import { expect, test } from 'vitest';
import { readPlainHead } from '../../lib/http/shared/plain-head.js';

const read = (text: string) => readPlainHead(Buffer.from(text, 'latin1'));
const get = 'GET /swords?q=1 HTTP/1.1\r\nHost: armory\r\n';

test('a plain head says what is asked for, and how much follows', () => {
  expect(read(`${get}\r\nrest`)).toEqual({
    text: `${get}\r\n`,
    method: 'GET',
    target: '/swords?q=1',
    bodyLength: 0,
  });
  const post = 'POST / HTTP/1.1\r\ncontent-LENGTH: \t12 \r\nX-Odd_Name!: \u00fc\t\u00ff\r\nx-empty:\r\n\r\n';
  expect(read(post)).toMatchObject({ method: 'POST', bodyLength: 12 });
  expect(read(`${get}x-content-length: 5\r\nx: content-length: 6\r\n\r\n`)).toMatchObject({ bodyLength: 0 });
});

test.each([
  ['nothing', ''],
  ['a part of a head', get],
  ['a blank line before it', `\r\n${get}\r\n`],
  ['another version', 'GET / HTTP/1.0\r\n\r\n'],
  ['a whole URL', 'GET http://armory/ HTTP/1.1\r\n\r\n'],
  ['an asterisk', 'OPTIONS * HTTP/1.1\r\n\r\n'],
  ['CONNECT', 'CONNECT /armory HTTP/1.1\r\n\r\n'],
  ['a method in lower case', 'get / HTTP/1.1\r\n\r\n'],
  ['two blanks', 'GET  / HTTP/1.1\r\n\r\n'],
  ['a target that is not ASCII', 'GET /\u00e9 HTTP/1.1\r\n\r\n'],
  ['two lengths', `${get}content-length: 5\r\nContent-Length: 5\r\n\r\n`],
  ['a length with a sign', `${get}content-length: +5\r\n\r\n`],
  ['a length in a list', `${get}content-length: 5, 5\r\n\r\n`],
  ['no length', `${get}content-length:\r\n\r\n`],
  ['a length that no number is', `${get}content-length: ${'9'.repeat(16)}\r\n\r\n`],
  ['chunks', `${get}transfer-encoding: chunked\r\n\r\n`],
  ['a length and chunks', `${get}content-length: 5\r\nTransfer-Encoding: identity\r\n\r\n`],
  ['an upgrade', `${get}Upgrade: websocket\r\n\r\n`],
  ['a client that waits to be told', `${get}expect: 100-continue\r\n\r\n`],
  ['a blank before a colon', `${get}content-length : 5\r\n\r\n`],
  ['a fold', `${get}x: 1\r\n 2\r\n\r\n`],
  ['a line that ends in half', `${get}x: 1\n2\r\n\r\n`],
  ['a return within a value', `${get}x: 1\r2\r\n\r\n`],
  ['a zero', `${get}x: \u0000\r\n\r\n`],
  ['a line without a colon', `${get}hodor\r\n\r\n`],
  ['more than anybody accepts', `${get}x: ${'x'.repeat(65_536)}\r\n\r\n`],
])('%s is for a parser', (_what, text) => {
  expect(read(text)).toBe(undefined);
});
