// Release after release under load, with a model beside it: nothing is lost or doubled, no tick runs in two versions.
import { readFile, writeFile } from 'node:fs/promises';
import { BuildSession } from 'liveswap/build';
import { Bot } from './bot.js';
import { openGame } from './game.js';
import { kinds } from './releases.js';

const releases = Number(process.env.RELEASES ?? 50);
const bots = Number(process.env.BOTS ?? 8);
const index = 'plugins/arena/index.ts';
const sources = [index, 'plugins/arena/player.ts', 'plugins/arena/world.ts'];
const originals = await Promise.all(sources.map((file) => readFile(file, 'utf8')));

const wrongs = [];
let last = { tick: 0, release: 1 };
let ticks = 0;
const game = openGame('dist', (frame) => {
  ticks++;
  if (frame.tick !== last.tick + 1) wrongs.push(`tick ${frame.tick} after ${last.tick}`);
  last = frame;
});
const pauses = [];
game.swapper.on('handedOver', ({ ms }) => pauses.push(ms.pause));

const session = new BuildSession({ sources: ['plugins'], outDir: 'dist' });
const build = async (changed) => {
  for (const report of await session.rebuild(changed)) {
    if (report.state === 'refused') throw new Error(report.findings.map(({ problem }) => problem).join('\n'));
  }
};
await build([]);
await game.swapper.load();
const url = await game.listen(0);
const players = Array.from({ length: bots }, (_, number) => new Bot(`bot ${number}`, url));

try {
  for (let n = 1; n <= releases; n++) {
    const kind = kinds[(n - 1) % kinds.length];
    await kind.change(n);
    await writeFile(index, (await readFile(index, 'utf8')).replace(/release = \d+;/, `release = ${n + 1};`));
    await build(sources);
    const outcome = await game.swapper.reload().then(
      () => 'released',
      (error) => `refused: ${error.cause?.message ?? error.message}`,
    );
    console.log(`${n}. ${kind.name}: ${outcome}`);
    if (outcome.startsWith('refused') !== (kind.isRefused ?? false)) wrongs.push(`release ${n}: ${outcome}`);
    await kind.undo?.();
    // Over a new type there is no way back, but with an upcast that the old code has, too.
    if (kind.canGoBack && n % 3 === 0) {
      await game.swapper.rollback();
      console.log(`${n}. rolled back`);
    }
  }
  await Promise.all(players.map((bot) => bot.stop()));
  for (const { name, x, y, moves } of await game.swapper.call('live_players')) {
    const bot = players.find((one) => one.name === name);
    if (bot.x !== x || bot.y !== y || bot.moves !== moves)
      wrongs.push(`${name} is at ${x}, ${y} after ${moves}`);
  }
} finally {
  await game.close();
  await session.close();
  await Promise.all(sources.map((file, at) => writeFile(file, originals[at])));
}

for (const bot of players) wrongs.push(...bot.wrongs.map((wrong) => `${bot.name}, ${wrong}`));
const moves = players.reduce((sum, bot) => sum + bot.moves, 0);
for (const wrong of wrongs.slice(0, 20)) console.error(`WRONG: ${wrong}`);
console.log(`${releases} releases, ${moves} moves, ${ticks} ticks: ${wrongs.length} wrong`);
console.log(`the worst pause was ${Math.max(...pauses).toFixed(1)} ms`);
process.exitCode = wrongs.length > 0 ? 1 : 0;
