import { watch } from 'liveswap/watch';
import { openGame } from './game.js';

const game = openGame('dist');
const watcher = watch(game.swapper, { sources: ['plugins'], outDir: 'dist' });
await watcher.ready;
const url = await game.listen(process.env.PORT ?? 3000);
console.log(
  `play at ${url}: send { "name": "Ida", "number": 1, "dx": 1, "dy": 0 }, and edit plugins/arena/player.ts`,
);

game.swapper.on('handedOver', ({ objects, ms }) => {
  console.log(`${objects} objects moved; the players waited ${ms.pause.toFixed(1)} ms`);
});

process.once('SIGINT', async () => {
  await watcher.close();
  await game.close();
});
