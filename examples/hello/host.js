import { createServer } from 'node:http';
import { Swapper } from 'liveswap';
import { watch } from 'liveswap/watch';

const swapper = new Swapper('dist');
swapper.on('reloaded', ({ generation, ms }) => {
  console.log(`generation ${generation} is live after ${ms.total.toFixed(1)} ms`);
});
const watcher = watch(swapper, { sources: ['plugins'], outDir: 'dist' });
await watcher.ready;

const server = createServer(async (request, response) => {
  try {
    response.end(`${await swapper.call('live_greet', request.url)}\n`);
  } catch (error) {
    response.writeHead(500).end(`${error.message}\n`);
  }
});
server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`open http://127.0.0.1:${server.address().port}/Ada and edit plugins/greeter/index.ts`);
});

process.once('SIGINT', async () => {
  server.close();
  server.closeAllConnections();
  await watcher.close();
  await swapper.close();
});
