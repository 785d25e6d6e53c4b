import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { loadIn } from '../helpers/modes.js';
import { openServer } from '../helpers/web-plugin.js';

const app = `{
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/upload') return Response.json({ bytes: (await request.arrayBuffer()).byteLength });
    if (pathname === '/slow') return new Response(new ReadableStream({
      async start(stream) {
        for (const word of ['one', 'two']) { stream.enqueue(new TextEncoder().encode(word)); await null; }
        stream.close();
      },
    }));
    return new Response('hail', { headers: { 'x-method': request.method } });
  },
}`;

test.each([
  ['alone on its port', {}],
  ['mounted', { mount: { '/': 'hall', '/other': 'hall' } }],
])('curl is served by an app that is %s', async (_how, options) => {
  const { url } = await openServer(await loadIn('threads', [{ name: 'hall', http: app }]), options);
  const curl = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('curl', ['-sS', '--max-time', '20', ...args]);
    return stdout;
  };
  expect(await curl(url)).toBe('hail');
  // Here curl sends two requests on one connection, and later one of a protocol that closes its connection.
  expect(await curl(url, url, '-w', '%{num_connects} ')).toBe('hail1 hail0 ');
  expect(await curl('--http1.0', url)).toBe('hail');
  expect(await curl('-I', url)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*x-method: HEAD\r\n/);
  const body = 'x'.repeat(100_000);
  expect(await curl('-H', 'expect: 100-continue', '--data-binary', body, `${url}upload`)).toBe(
    '{"bytes":100000}',
  );
  expect(await curl('-H', 'transfer-encoding: chunked', '--data-binary', body, `${url}upload`)).toBe(
    '{"bytes":100000}',
  );
  expect(await curl(`${url}slow`)).toBe('onetwo');
});
