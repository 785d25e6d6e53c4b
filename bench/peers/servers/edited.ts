import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../test/helpers/free-port.js';

/** A server that notices by itself when its source has been saved. */
export interface EditedServer {
  readonly name: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens `liveswap/watch` on the plugins in `sources`; `live_edition_<plugin>` answers requests. */
export function openWatcher(sources: string, outDir: string, plugin: string): Promise<EditedServer> {
  const entry = fileURLToPath(new URL('watching-server.js', import.meta.url));
  return serve('liveswap', (port) => fork(entry, [sources, outDir, plugin, String(port)]));
}

/** Opens `node --watch` on a server in JavaScript. */
export function openNodeWatch(entry: string): Promise<EditedServer> {
  return serve('node --watch', (port) =>
    spawn(process.execPath, ['--watch', entry, String(port)], { stdio: 'ignore' }),
  );
}

/** Opens `tsx watch` on a server in TypeScript. */
export function openTsxWatch(entry: string): Promise<EditedServer> {
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  return serve('tsx watch', (port) =>
    spawn(process.execPath, [tsx, 'watch', entry, String(port)], { stdio: 'ignore' }),
  );
}

async function serve(name: string, start: (port: number) => ChildProcess): Promise<EditedServer> {
  const port = await freePort();
  const child = start(port);
  return {
    name,
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      const left = once(child, 'exit');
      child.kill();
      await left;
    },
  };
}
