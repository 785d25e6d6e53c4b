import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { build } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

const salute = `export async function live_salute(name: string): Promise<string> {
  const greeting = 'Hail ' + name;
  return greeting + '!';
}
`;

/** Returns the code of a statically linked host that makes its call when it is told to. */
const hostOf = (library: string): string => `
import { once } from 'node:events';
import { Swapper } from ${JSON.stringify(library)};
import plugins from './static-plugins.mjs';
const swapper = new Swapper('.', { static: plugins });
await swapper.load();
console.log('loaded');
await once(process.stdin, 'data');
console.log(await swapper.call('live_salute', 'Ada'));
await swapper.close();
process.exit();
`;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** A debugger like an editor's: it speaks to the inspector of a process over a WebSocket. */
class Debugger {
  readonly #socket: WebSocket;
  readonly #messages: Message[] = [];
  #onMessage = (): void => {};
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#messages.push(JSON.parse(data.toString()) as Message);
      this.#onMessage();
    });
  }

  async send<Result>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return (await this.#first((message) => message.id === id)).result as Result;
  }

  async event<Params>(method: string, holds: (params: Params) => boolean = () => true): Promise<Params> {
    const message = await this.#first((one) => one.method === method && holds(one.params as Params));
    return message.params as Params;
  }

  async #first(holds: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.#messages.find(holds);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#onMessage = resolve;
      });
    }
  }
}

async function attach(host: ChildProcess): Promise<Debugger> {
  for await (const line of createInterface({ input: host.stderr as NodeJS.ReadableStream })) {
    const address = /ws:\/\/\S+/.exec(line)?.[0];
    if (address === undefined) continue;
    const socket = new WebSocket(address);
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    return new Debugger(socket);
  }
  throw new Error('The host ended without an inspector.');
}

it('stops at a breakpoint on a line of the TypeScript, as an editor sets it', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const sources = await writePlugins(join(folder, 'plugins'), {
    guardian: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
      'jobs/salute.ts': salute,
    },
  });
  await build({ sources, outDir, static: true });
  const library = pathToFileURL(join(import.meta.dirname, '../../dist/lib/index.js')).href;
  await writeFiles(outDir, { 'host.mjs': hostOf(library) });

  const host = spawn(process.execPath, ['--inspect=127.0.0.1:0', join(outDir, 'host.mjs')]);
  onTestFinished(() => void host.kill('SIGKILL'));
  const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
  const session = await attach(host);
  expect((await lines.next()).value).toBe('loaded');

  await session.send('Debugger.enable');
  const script = await session.event<{ scriptId: string; sourceMapURL: string; url: string }>(
    'Debugger.scriptParsed',
    ({ url }) => url.endsWith('/guardian.plugin.mjs'),
  );
  const [, encoded = ''] = script.sourceMapURL.split('base64,');
  const map = new TraceMap(Buffer.from(encoded, 'base64').toString(), script.url);
  const source = map.resolvedSources.find((one) => one.endsWith('/plugins/guardian/jobs/salute.ts')) ?? '';
  expect(await readFile(new URL(source), 'utf8')).toBe(salute);

  const { line, column } = generatedPositionFor(map, { source, line: 3, column: 2 });
  await session.send('Debugger.setBreakpoint', {
    location: { scriptId: script.scriptId, lineNumber: (line ?? 0) - 1, columnNumber: column ?? 0 },
  });
  host.stdin.write('go\n');
  const { callFrames } = await session.event<{
    callFrames: readonly [
      { functionName: string; location: { lineNumber: number; columnNumber: number }; callFrameId: string },
    ];
  }>('Debugger.paused');
  const [{ functionName, location, callFrameId }] = callFrames;
  expect(functionName).toBe('live_salute');
  const at = originalPositionFor(map, { line: location.lineNumber + 1, column: location.columnNumber });
  expect(at).toMatchObject({ source, line: 3 });
  const { result } = await session.send<{ result: { value: string } }>('Debugger.evaluateOnCallFrame', {
    callFrameId,
    expression: 'greeting',
  });
  expect(result.value).toBe('Hail Ada');

  await session.send('Debugger.resume');
  expect((await lines.next()).value).toBe('Hail Ada!');
});
