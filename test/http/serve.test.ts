import { getEventListeners, once } from 'node:events';
import { Agent, get as httpGet } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { toFetchHandler, toNodeHandler } from '../../lib/http/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { freePort } from '../helpers/free-port.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { certificates } from '../helpers/tls-client.js';
import { openServer } from '../helpers/web-plugin.js';

const web = (fetch: string, more: Partial<PluginText> = {}): PluginText => ({
  name: 'hall',
  http: `{ fetch: ${fetch} }`,
  ...more,
});
const says = (text: string): PluginText =>
  web(`(request) => new Response('${text} ' + new URL(request.url).pathname)`);

describe.each(modes)('in mode %s', (mode) => {
  test('a plugin with http answers on the port', async () => {
    const swapper = await loadIn(mode, [says('Winterfell')]);
    const server = await openServer(swapper);
    const answer = await fetch(`${server.url}gate`);
    expect([answer.status, await answer.text()]).toEqual([200, 'Winterfell /gate']);
  });

  test.each(['router', '() => router'])(
    'a router that has a function for every name, also of symbols, is an app: %s',
    async (http) => {
      const router = `const router = {
        __proto__: new Proxy({}, { get: (_, name, self) => () => self }),
        fetch: async () => new Response('routed'),
      };`;
      const swapper = await loadIn(mode, [{ name: 'hall', module: router, http }]);
      const { url } = await openServer(swapper);
      expect(await (await fetch(url)).text()).toBe('routed');
    },
  );

  test('a peer that ends its connection before it is encrypted is let go at once', async () => {
    const swapper = await loadIn(mode, [says('Winterfell')]);
    const [key, cert] = [certificates['key.pem'], certificates['cert.pem']];
    const server = await openServer(swapper, { tls: { key, cert } });
    const peer = connect(Number(new URL(server.url).port), '127.0.0.1')
      .resume()
      .end();
    await once(peer, 'close');
  });

  test('a handler is told who asks, where, and what keeps its version', async () => {
    const swapper = await loadIn(mode, [
      web(`(request, env, context) => {
        env.waitUntil(Promise.resolve());
        context.waitUntil(Promise.resolve());
        const { plugin, mount, remoteAddress, encrypted } = env;
        return Response.json({ plugin, mount, remoteAddress, encrypted, call: host.call.name });
      }`),
    ]);
    const server = await openServer(swapper);
    expect(await (await fetch(server.url)).json()).toEqual({
      plugin: 'hall',
      mount: '/',
      remoteAddress: '127.0.0.1',
      encrypted: false,
      call: 'http GET',
    });
  });

  test('requests count as calls of the plugin', async () => {
    const swapper = await loadIn(mode, [
      web(
        `(request) => request.url.endsWith('/slow')
        ? new Promise((resolve) => globalThis.process.once('answer slowly', () => resolve(new Response('late'))))
        : new Response('ok', { status: request.url.endsWith('/broken') ? 500 : 200 })`,
        {
          live: { live_answer: `() => void process.emit('answer slowly')` },
        },
      ),
    ]);
    const server = await openServer(swapper);
    await (await fetch(server.url)).text();
    await (await fetch(`${server.url}broken`)).text();
    const slow = fetch(`${server.url}slow`);
    const stats = () => swapper.stats().plugins[0];
    await expect.poll(() => stats()?.versions[0]?.pending).toMatchObject([{ name: 'http GET', thread: 0 }]);
    expect(stats()).toMatchObject({ calls: 2, failures: 1 });
    await swapper.call('live_answer');
    expect(await (await slow).text()).toBe('late');
    await expect.poll(() => stats()?.calls).toBe(4);
  });

  test('a throw is a 500 without its text, and the next request is answered', async () => {
    const swapper = await loadIn(mode, [
      web(
        `(request) => { if (request.url.endsWith('/throws')) throw new Error('a secret'); return new Response('fine'); }`,
      ),
    ]);
    const server = await openServer(swapper);
    const failed = await fetch(`${server.url}throws`);
    expect([failed.status, await failed.text()]).toEqual([500, 'Internal Server Error']);
    expect(await (await fetch(server.url)).text()).toBe('fine');
  });

  test('closing lets what is open come to its end', async () => {
    const swapper = await loadIn(mode, [
      web(`() => new Promise((resolve) => process.once('go', () => resolve(new Response('done'))))`, {
        live: { live_go: `() => void process.emit('go')` },
      }),
    ]);
    const server = await openServer(swapper);
    const asked = fetch(server.url);
    await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(1);
    const closed = server.close();
    await swapper.call('live_go');
    expect(await (await asked).text()).toBe('done');
    await closed;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('closing the swapper closes its servers, idle connections and all', async () => {
    const swapper = await loadIn(mode, [says('Winterfell')]);
    const server = await openServer(swapper);
    const client = new RawClient(server.port);
    client.write('GET / HTTP/1.1\r\nhost: hall\r\n\r\n');
    await client.until('Winterfell /');
    const closed = swapper.close();
    client.socket.end();
    await closed;
    await server.close();
  });
});

test('twenty reloads under load fail no request, and none is answered by code that was replaced before it was made', async () => {
  const folder = await tempFolder();
  await deploy(folder, says('edition 0'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const server = await openServer(swapper);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      httpGet({ port: server.port, host: '127.0.0.1', agent }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve(text));
        response.on('error', reject);
      }).on('error', reject);
    });
  let edition = 0;
  let isOver = false;
  let answers = 0;
  const load = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const before = edition;
      const answer = Number(/edition (\d+)/.exec(await ask())?.[1]);
      expect(answer).toBeGreaterThanOrEqual(before);
      answers++;
      await turn();
    }
  });
  for (let next = 1; next <= 20; next++) {
    await deploy(folder, says(`edition ${next}`));
    await swapper.reload();
    edition = next;
  }
  isOver = true;
  await Promise.all(load);
  agent.destroy();
  expect(answers).toBeGreaterThan(20);
  await expect.poll(() => swapper.stats().plugins[0]?.versions.length).toBe(1);
});

test('servers and handlers that are closed are let go by a swapper that goes on', async () => {
  const swapper = await loadIn('static', [says('Winterfell')]);
  const before = getEventListeners(swapper.ending, 'abort').length;
  for (let nth = 0; nth < 12; nth++) {
    const server = await openServer(swapper);
    const handler = toFetchHandler(swapper, { plugin: 'hall' });
    await Promise.all([server.close(), handler.close()]);
  }
  expect(getEventListeners(swapper.ending, 'abort')).toHaveLength(before);
});

test('a server is not opened for a swapper that is closed meanwhile', async () => {
  const swapper = await loadIn('static', [says('Winterfell')]);
  const port = await freePort();
  const opening = openServer(swapper, { port });
  const refused = expect(opening).rejects.toMatchObject({ code: 'CLOSED' });
  await swapper.close();
  await refused;
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('a handler that is made without options says which one is missing', async () => {
  const swapper = await loadIn('static', [says('Winterfell')]);
  for (const make of [toFetchHandler, toNodeHandler])
    for (const options of [undefined, null, {}] as never[])
      expect(() => make(swapper, options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});

test('a handler that is made when the swapper is closed refuses, and no request waits for ever', async () => {
  const swapper = await loadIn('static', [says('Winterfell')]);
  await swapper.close();
  const answer = await toFetchHandler(swapper, { plugin: 'hall' })(new Request('http://hall/'));
  expect(answer.status).toBe(503);
});

describe('the body of a request to a fetch handler', () => {
  const echo = web(`async (request) => new Response(await request.text())`);
  const ask = async (...parts: readonly unknown[]): Promise<Response> => {
    const swapper = await loadIn('static', [echo]);
    const body = new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    });
    const request = new Request('http://hall/', { method: 'POST', body, duplex: 'half' });
    return toFetchHandler(swapper, { plugin: 'hall' })(request);
  };

  test('is whole when a part of it is empty', async () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const answer = await ask(bytes('hold'), bytes(''), bytes(' the door'));
    expect(await answer.text()).toBe('hold the door');
  });

  test.each(['hold', new Uint16Array([1_000])])(
    'is refused when a part of it is no bytes: %j',
    async (part) => {
      expect((await ask(part)).status).toBe(502);
    },
  );
});
