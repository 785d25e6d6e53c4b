import { Swapper } from 'liveswap';
import { watch } from 'liveswap/watch';

const swapper = new Swapper('dist');
swapper.on('reloaded', ({ details }) => console.log(`now live: ${details}`));
const watcher = watch(swapper, { sources: ['plugins'], outDir: 'dist' });
await watcher.ready;

// A chain of calls never mixes releases: gamma asks beta, beta asks alpha, each in the same generation.
const timer = setInterval(async () => console.log(await swapper.call('live_chain')), 500);

process.once('SIGINT', async () => {
  clearInterval(timer);
  await watcher.close();
  await swapper.close();
});
