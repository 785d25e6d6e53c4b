// Makes release after release under load, with a model beside it: nothing is lost or doubled, and no tick runs in two versions.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildSession } from 'liveswap/build';
import { Bot } from './bot.js';
import { openGame } from './game.js';
import { kinds } from './releases.js';

const releases = Number(process.env.RELEASES ?? 50);
const bots = Number(process.env.BOTS ?? 8);
const arena = 'plugins/arena';
const index = `${arena}/index.ts`;
const originals = await mkdtemp('originals-');
await cp(arena, join(originals, 'arena'), { recursive: true });

const wrongs = [];
let last = { tick: 0, release: 1 };
/** The earliest and the latest tick that may come after a fall, instead of the next one. */
let afterFall;
let ticks = 0;
const game = openGame('dist', (frame) => {
  ticks++;
  const [from, to] = afterFall ?? [last.tick + 1, last.tick + 1];
  if (frame.tick < from || frame.tick > to) wrongs.push(`tick ${frame.tick} after ${last.tick}`);
  afterFall = undefined;
  last = frame;
});
const { swapper } = game;
const pauses = [];
swapper.on('handedOver', ({ ms }) => pauses.push(ms.pause));

const session = new BuildSession({ sources: ['plugins'], outDir: 'dist' });
const build = async (changed) => {
  for (const report of await session.rebuild(changed)) {
    if (report.state === 'refused') throw new Error(report.findings.map(({ problem }) => problem).join('\n'));
  }
};
const sources = ['index', 'player', 'actors', 'world'].map((name) => `${arena}/${name}.ts`);
let players = [];

/** Checks that everybody is where the model says. */
async function check(when) {
  const found = new Map((await swapper.call('live_players')).map((player) => [player.name, player]));
  for (const { name, x, y, moves } of players) {
    const { x: foundX = 0, y: foundY = 0, moves: made = 0 } = found.get(name) ?? {};
    if (foundX !== x || foundY !== y || made !== moves)
      wrongs.push(
        `${when}: ${name} is at ${foundX}, ${foundY} after ${made}, not at ${x}, ${y} after ${moves}`,
      );
  }
}

/** Checks that everybody is in one room, and that each move has ended in one. */
async function checkRooms(when) {
  const [found, rooms] = await Promise.all([swapper.call('live_players'), swapper.call('live_rooms')]);
  const moves = rooms.reduce((sum, room) => sum + room.moves, 0);
  const made = found.reduce((sum, player) => sum + player.moves, 0);
  const members = rooms.flatMap((room) => room.members).toSorted();
  const names = found.map(({ name }) => name).toSorted();
  if (moves !== made || String(members) !== String(names))
    wrongs.push(`${when}: ${moves} of ${made} moves in rooms of ${members}, not of ${names}`);
}

/** Lets the thread die between two moves. With a saved copy everybody is there again, without one nobody is. */
async function fall(how) {
  await Promise.all(players.map((bot) => bot.rest()));
  const [rested, restedAt] = [Date.now(), last.tick];
  const isSaved = () => swapper.stats().plugins[0].versions[0].savedAt?.getTime() > rested;
  while (how === 'with a copy' && !isSaved()) await new Promise((resolve) => setTimeout(resolve, 5));
  const replaced = new Promise((resolve) => {
    const stop = swapper.on('threadReplaced', () => resolve(stop()));
  });
  const crashed = new Promise((resolve) => {
    const stop = swapper.on('threadCrashed', () => {
      // Ticks go on from the saved copy, which is younger than the rest; the frame of one more tick may have been lost.
      afterFall = how === 'with a copy' ? [restedAt + 1, last.tick + 2] : [1, 1];
      resolve(stop());
    });
  });
  await swapper.call('live_fall').catch(() => {});
  await crashed;
  await replaced;
  if (how === 'without a copy') for (const bot of players) bot.beginAnew();
  await check(`after a fall ${how} at tick ${last.tick}`);
  await checkRooms(`after a fall ${how}`);
  for (const bot of players) bot.wakeUp();
}

try {
  await build([]);
  await swapper.load();
  const url = await game.listen(0);
  players = Array.from({ length: bots }, (_, number) => new Bot(`bot ${number}`, url));
  for (let n = 1; n <= releases; n++) {
    const kind = kinds[(n - 1) % kinds.length];
    await kind.change(n);
    await writeFile(index, (await readFile(index, 'utf8')).replace(/release = \d+;/, `release = ${n + 1};`));
    await build(sources);
    const outcome = await swapper.reload().then(
      () => 'released',
      (error) => `refused: ${error.cause?.message ?? error.message}`,
    );
    console.log(`${n}. ${kind.name}: ${outcome}`);
    if (outcome.startsWith('refused') !== (kind.isRefused ?? false)) wrongs.push(`release ${n}: ${outcome}`);
    await kind.undo?.();
    // There is no way back over a new type, unless the old code has an upcast, too.
    if (kind.canGoBack && n % 3 === 0) {
      await swapper.rollback();
      console.log(`${n}. rolled back`);
    }
    if (kind.thenFalls) {
      await fall(kind.thenFalls);
      console.log(`${n}. fell ${kind.thenFalls}, and came back`);
    }
  }
  await Promise.all(players.map((bot) => bot.stop()));
  await check('at the end');
  await checkRooms('at the end');
} finally {
  await game.close();
  await session.close();
  await rm(arena, { recursive: true });
  await cp(join(originals, 'arena'), arena, { recursive: true });
  await rm(originals, { recursive: true });
}

for (const bot of players) wrongs.push(...bot.wrongs.map((wrong) => `${bot.name}, ${wrong}`));
const moves = players.reduce((sum, bot) => sum + bot.movesInAll, 0);
for (const wrong of wrongs.slice(0, 20)) console.error(`WRONG: ${wrong}`);
console.log(`${releases} releases, ${moves} moves, ${ticks} ticks: ${wrongs.length} wrong`);
console.log(`the worst pause was ${Math.max(...pauses).toFixed(1)} ms`);
process.exitCode = wrongs.length > 0 ? 1 : 0;
