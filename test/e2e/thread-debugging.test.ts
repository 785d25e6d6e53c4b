import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { deploy } from '../helpers/compose-plugin.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const library = pathToFileURL(fileURLToPath(new URL('../../dist/lib/index.js', import.meta.url))).href;

interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

test('a debugger reaches a plugin in its thread, as an editor does: it stops where the plugin says so', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'tower', live: { live_climb: '(steps) => { debugger; return steps + 1; }' } });
  await writeFiles(folder, {
    'host.mjs': `import { Swapper } from ${JSON.stringify(library)};
      const swapper = new Swapper(${JSON.stringify(folder)}, { standby: false });
      await swapper.load();
      process.stdin.once('data', async () => {
        console.log('climbed ' + await swapper.call('live_climb', 1));
        await swapper.close();
      });
      console.log('ready');`,
  });
  const host = spawn(process.execPath, ['--inspect=127.0.0.1:0', join(folder, 'host.mjs')], {
    env: quietEnv(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const said = createInterface({ input: host.stdout });
  const [[line], [address]] = await Promise.all([
    once(said, 'line') as Promise<[string]>,
    addressFrom(createInterface({ input: host.stderr })),
  ]);
  expect(line).toBe('ready');

  const thread = await attachToThread(address);
  host.stdin.write('climb\n');
  await thread.paused;
  const climbed = once(said, 'line');
  thread.send('Debugger.resume');
  expect(await climbed).toEqual(['climbed 2']);
});

async function addressFrom(lines: AsyncIterable<string>): Promise<[string]> {
  for await (const line of lines) {
    const [address] = /ws:\/\/\S+/.exec(line) ?? [];
    if (address !== undefined) return [address];
  }
  throw new Error('There is no inspector.');
}

/** Attaches by way of the process, and waits until the thread would stop. */
async function attachToThread(
  address: string,
): Promise<{ readonly paused: Promise<void>; send(method: string): void }> {
  const socket = new WebSocket(address);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  let lastId = 0;
  let markPaused = (): void => {};
  const paused = new Promise<void>((resolve) => (markPaused = resolve));
  return new Promise((resolve) => {
    let session: unknown;
    const send = (method: string): void => {
      const message = JSON.stringify({ id: ++lastId, method });
      socket.send(
        JSON.stringify({
          id: ++lastId,
          method: 'NodeWorker.sendMessageToWorker',
          params: { sessionId: session, message },
        }),
      );
    };
    let enabling = 0;
    socket.on('message', (data: Buffer) => {
      const { method, params } = JSON.parse(data.toString()) as InspectorMessage;
      if (method === 'NodeWorker.attachedToWorker') {
        session = params?.['sessionId'];
        send('Debugger.enable');
        enabling = lastId - 1;
      }
      if (method !== 'NodeWorker.receivedMessageFromWorker') return;
      const inner = JSON.parse(params?.['message'] as string) as InspectorMessage;
      if (inner.id === enabling) resolve({ paused, send });
      if (inner.method === 'Debugger.paused') markPaused();
    });
    socket.send(
      JSON.stringify({
        id: ++lastId,
        method: 'NodeWorker.enable',
        params: { waitForDebuggerOnStart: false },
      }),
    );
  });
}
