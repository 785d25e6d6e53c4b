import { createServer } from 'node:http';
import { lifetimeOf, Swapper } from 'liveswap';
import { watch } from 'liveswap/watch';

/** The host's own object: a new one for each generation, so that routes of code that left are gone. */
class Router {
  #routes = new Map();

  route(path, handler) {
    this.#routes.set(path, handler);
    // A thread that dies takes its handlers along; the one that replaces it has registered its own.
    lifetimeOf(handler).addEventListener('abort', () => {
      if (this.#routes.get(path) === handler) this.#routes.delete(path);
    });
  }

  async answer(path) {
    const handler = this.#routes.get(path);
    return handler ? handler() : `no route; there are ${[...this.#routes.keys()].join(', ')}`;
  }
}

const swapper = new Swapper('dist', { extension: () => new Router() });
swapper.on('reloaded', ({ details }) => console.log(`now live: ${details}`));
const watcher = watch(swapper, { sources: ['plugins'], outDir: 'dist' });
await watcher.ready;

const server = createServer(async (request, response) => {
  try {
    response.end(`${await swapper.current.vault.extension.answer(request.url)}\n`);
  } catch (error) {
    response.writeHead(500).end(`${error.message}\n`);
  }
});
server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`open http://127.0.0.1:${server.address().port}/users`);
});

process.once('SIGINT', async () => {
  server.close();
  server.closeAllConnections();
  await watcher.close();
  await swapper.close();
});
