import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Swapper } from '../../../lib/index.js';
import { artifactFileName } from '../../../lib/manifest/artifact.js';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';
import { openPostMessage } from '../calls/post-message.js';
import { openTurnWorker } from '../calls/turn-messages.js';
import type { ServerMessage } from './reloadable-server.js';

/** Task of a server: the code that answers its requests. */
export interface LiveswapTask {
  /** Folder of the artifacts. */
  readonly folder: string;
  readonly plugin: string;
  /**
   * The answer comes from a live function, from the same function in process, or from a bare worker: the least that another
   * thread costs, with a message for each call or for those of a turn.
   */
  readonly answeredBy: 'liveswap' | 'in process' | 'postMessage' | 'postMessage, one a turn';
}

const { folder, plugin, answeredBy } = JSON.parse(process.argv[2] as string) as LiveswapTask;
const name = `live_edition_${plugin}`;
const tell = (message: ServerMessage): boolean | undefined => process.send?.(message);

const openers = {
  liveswap: throughSwapper,
  'in process': inProcess,
  postMessage: throughWorker,
  'postMessage, one a turn': throughTurns,
};
const edition = await openers[answeredBy]();
const server = createServer((_request, response) => {
  edition().then(
    (text) => response.end(text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
tell({ kind: 'listening', port: (server.address() as AddressInfo).port });
process.on('disconnect', () => process.exit());

async function throughSwapper(): Promise<() => Promise<unknown>> {
  const swapper = new Swapper(folder);
  await swapper.load();
  process.on('message', async () => {
    await swapper.reload();
    tell({ kind: 'reloaded' });
  });
  return () => swapper.call(name);
}

async function inProcess(): Promise<() => Promise<unknown>> {
  const url = pathToFileURL(join(folder, artifactFileName(plugin))).href;
  const { liveFunctions } = (await import(url)) as ArtifactModule;
  return liveFunctions[name] as unknown as () => Promise<unknown>;
}

async function throughWorker(): Promise<() => Promise<unknown>> {
  const worker = await openPostMessage(1);
  return () => worker.salute();
}

async function throughTurns(): Promise<() => Promise<unknown>> {
  return openTurnWorker().salute;
}
